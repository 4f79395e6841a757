"""What an empty list says: nothing there, or nothing that the reader may see."""

from django import template

from organizations.models import Member
from teams.queries.profile_visibility import ProfileVisibility, visibility_of

register = template.Library()


@register.simple_tag
def sight(member: Member, verb: str = "view") -> ProfileVisibility:
    """For `components/_nothing.html`; asked only where a list is empty."""
    return visibility_of(member, verb)
