"""One right more for somebody, beside what they hold."""

from django.db import transaction

from networks.models import Profile
from organizations.actors import Actor
from organizations.models import Member
from teams.actions.grants import lock_profile_row, set_grants
from teams.rights.grant_rows import own_grants, verbs_by


@transaction.atomic
def grant_verb(actor: Actor, profile: Profile, member: Member, verb: str) -> None:
    """Raises Invalid, NotFound, and PermissionDenied where the actor may not give it."""
    lock_profile_row(profile)  # before reading what they hold, so that no change in between is undone
    held = verbs_by(own_grants(user=member.user_id, content_object=profile), "user_id")
    set_grants(actor, profile, members={member.pk: {verb, *held.get(member.user_id, ())}})
