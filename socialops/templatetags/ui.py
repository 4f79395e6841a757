"""Tags and filters that the components are made of: icons, network marks, faces of states, times."""

from datetime import datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django import template
from django.contrib.staticfiles import finders
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from socialops.templatetags import faces, moments

register = template.Library()

# After g, one letter goes to a place; letters are chosen so that no two places want the same one.
GO_KEYS = {
    "home": "h",
    "inbox": "i",
    "calendar": "c",
    "posts": "p",
    "approvals": "a",
    "tasks": "k",
    "listening": "l",
    "analytics": "n",
    "reports": "r",
    "teams": "t",
    "profiles": "f",
    "pauses": "x",
    "audit": "u",
    "activity": "v",
    "settings": "s",
}

NETWORK_NAMES = {
    "x": "X",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
}


@lru_cache(maxsize=512)
def _icon(name: str, size: int, label: str) -> SafeString:
    if label:
        return lucide(name, size=size, role="img", aria_label=label)
    return lucide(name, size=size, aria_hidden="true", focusable="false")


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """Draw an icon; it is decoration unless a label says what it means."""
    return _icon(str(name), int(size), str(label))


@lru_cache(maxsize=32)
def _mark_svg(network: str) -> SafeString:
    path = finders.find(f"img/networks/{network}.svg") if network in NETWORK_NAMES else None
    if path is None:
        return lucide("globe", size=16, aria_hidden="true")
    with open(path, encoding="utf-8") as file:
        return mark_safe(file.read().strip())  # noqa: S308  our own file, chosen from a fixed list


@register.simple_tag
def network_mark(network: str, decorative: bool = False) -> SafeString:
    """Draw a network's one-colour mark, named for screen readers unless its name stands beside it."""
    svg = _mark_svg(str(network))
    if decorative:
        return format_html('<span class="mark" aria-hidden="true">{}</span>', svg)
    name = network_name(network)
    return format_html('<span class="mark" role="img" aria-label="{}" title="{}">{}</span>', name, name, svg)


@register.filter
def network_name(network: str) -> str:
    """Spell a network as it spells itself."""
    return NETWORK_NAMES.get(str(network), str(network).replace("_", " ").capitalize())


@register.filter
def go_key(place: str) -> str:
    """Return the letter that goes to a place of the sidebar, or nothing where it has none."""
    return GO_KEYS.get(str(place), "")


@register.simple_tag
def state_face(state: str) -> faces.Face:
    """Return the icon, word and colour of a state of a post, delivery, conversation or profile."""
    return faces.face_of(str(state))


@register.filter
def state_class(state: str) -> str:
    """Return the classes that colour something by its state (bars, dots, calendar entries)."""
    return faces.face_of(str(state)).css


@register.filter
def initials(name: object) -> str:
    """Shorten a name to the one or two letters shown where there is no picture."""
    words = [word for word in str(name or "").replace("@", " ").split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper() or "?"


@register.filter
def hue(name: object) -> str:
    """Give the same person the same colour everywhere."""
    colours = ("amber", "teal", "blue", "violet", "green", "orange")
    return colours[sum(map(ord, str(name or ""))) % len(colours)]


@register.simple_tag
def when(moment: datetime | None, zone: str | tzinfo | None = None, form: str = "both") -> str:
    """Show a moment as "in 5 min · 14:05 CET"; form is both, relative, absolute or planned (zone spelt out)."""
    if moment is None:
        return "—"
    place = ZoneInfo(zone) if isinstance(zone, str) and zone else zone or timezone.get_current_timezone()
    return moments.render(moment, place, timezone.now(), form)


@register.filter
def series_rows(chart: dict) -> list[tuple[object, list[object]]]:
    """Turn a chart's series into the rows of the table that says the same: a date and one value per series."""
    series = chart.get("series") or []
    values = [dict(one["points"]) for one in series]
    keys = sorted({key for known in values for key in known})
    return [(key, [known.get(key) for known in values]) for key in keys]
