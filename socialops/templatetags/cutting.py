"""How templates cut texts: built into all of them, in place of Django's own, which cuts inside of what people see."""

from django import template
from django.template.defaultfilters import stringfilter

from foundation.texts.graphemes import shortened

register = template.Library()


@register.filter(is_safe=True)
@stringfilter
def truncatechars(text: str, most: int) -> str:
    return shortened(text, int(most))
