"""What the calendar and the story need: clocks of a named zone, and pictures that stand in the page only once."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from networks.registry import networks
from publishing.queries.posts import FILTERS
from socialops.templatetags.faces import face_of
from socialops.templatetags.ui import icon, network_mark, network_name

register = template.Library()
STATES = (*FILTERS, "sending")


@register.simple_tag
def localclock(at: datetime | None, zone: str, form: str = "short") -> str:
    """14:05, or 14:05:09.4 when `form` is "exact"."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone))
    if form == "exact":
        return f"{local:%H:%M:%S}.{local.microsecond // 100_000}"
    return f"{local:%H:%M}"


@register.simple_tag
def pictures() -> SafeString:
    """The pictures of all states and networks, hidden, to be drawn by `state_picture` and `network_picture`."""
    states = [named(icon(face_of(state).icon), f"state-{state}") for state in STATES]
    marks = [named(network_mark(each.network, decorative=True), f"mark-{each.network}") for each in networks()]
    return mark_safe("".join(states + marks))  # noqa: S308  our own files, chosen from fixed lists


def named(svg: str, name: str) -> str:
    return svg.replace("<svg", f'<svg id="{name}"', 1)


@register.simple_tag
def state_picture(state: str) -> SafeString:
    return picture(f"state-{state}", str(face_of(state).label))


@register.simple_tag
def network_picture(network: str) -> SafeString:
    return picture(f"mark-{network}", network_name(network), css="mark")


def picture(name: str, label: str, css: str = "") -> SafeString:
    return format_html(
        '<svg role="img" aria-label="{}" class="{}" width="12" height="12"><use href="#{}" width="12" height="12"/></svg>',
        label,
        css,
        name,
    )
