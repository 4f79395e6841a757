"""How templates cut texts: built into all of them, in place of Django's own, which cuts inside of what people see."""

from django import template
from django.template.defaultfilters import stringfilter

from foundation.texts.graphemes import shorten_text

register = template.Library()


@register.filter(is_safe=True)
@stringfilter
def truncatechars(text: str, most: int) -> str:
    return shorten_text(text, int(most))
