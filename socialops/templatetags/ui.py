"""Tags and filters that the components are made of: icons, network marks, faces of states, times."""

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from foundation.files.icons import render_icon
from foundation.overtaking import format_seen_mark
from foundation.texts.differences import DiffPiece
from networks.manifest import Manifest
from networks.models import Profile
from networks.registry import manifests
from organizations.models import AuditEntry, Member, Organization
from organizations.sign_in.sign_in_branding import destination_organization
from socialops.overview.activity_words import format_entry
from socialops.templatetags import moment_words, state_faces

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


@lru_cache(maxsize=512)
def _render_icon(name: str, size: int, label: str) -> SafeString:
    aria = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true", "focusable": "false"}
    return mark_safe(render_icon(name, size, aria))  # noqa: S308  every value of it is quoted


SETTINGS_PAGES = (  # the pages of templates/organizations/_settings_menu.html
    *(f"organizations:{name}" for name in "you notification_settings tokens settings people invitations hours".split()),
    *("organizations:security", "organizations:all_tokens", "publishing:fallback"),
)


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """Draw an icon; it is decoration unless a label says what it means."""
    return _render_icon(str(name), int(size), str(label))


@lru_cache(maxsize=64)
def _read_mark(mark: Path) -> SafeString:
    return mark_safe(mark.read_text(encoding="utf-8").strip())  # noqa: S308  the file of a manifest


def _mark_svg(network: str) -> SafeString:
    known = _find_manifest(network)
    return _read_mark(known.mark) if known else _render_icon("globe", 16, "")


def _find_manifest(network: str) -> Manifest | None:
    return next((one for one in manifests() if one.network == network), None)


@register.simple_tag
def network_symbols() -> SafeString:
    """Every network's mark as a symbol, network-<name>, for pages that draw many of them; inside an <svg hidden>."""
    marks = ((one.network, _read_mark(one.mark)) for one in manifests())
    return format_html_join("", '<symbol id="network-{}" viewBox="0 0 16 16">{}</symbol>', marks)


@register.simple_tag
def network_mark(network: str, decorative: bool = False, by_symbol: bool = False) -> SafeString:
    """Draw a network's one-colour mark, named for screen readers unless its name stands beside it.

    `by_symbol`: on pages that draw many and have {% network_symbols %}.
    """
    by_symbol = by_symbol and _find_manifest(network) is not None
    svg = format_html('<svg><use href="#network-{}"/></svg>', network) if by_symbol else _mark_svg(str(network))
    if decorative:
        return format_html('<span class="mark" aria-hidden="true">{}</span>', svg)
    name = network_name(network)
    return format_html('<span class="mark" role="img" aria-label="{}" title="{}">{}</span>', name, name, svg)


@register.filter
def network_name(network: str) -> str:
    """Spell a network as it spells itself."""
    known = _find_manifest(str(network))
    return known.label if known else str(network).replace("_", " ").capitalize()


@register.filter
def go_key(place: str) -> str:
    """Return the letter that goes to a place of the sidebar, or nothing where it has none."""
    return GO_KEYS.get(str(place), "")


@register.simple_tag
def state_face(state: str) -> state_faces.StateFace:
    """Return the icon, word and colour of a state of a post, delivery, conversation or profile."""
    return state_faces.find_state_face(str(state))


@lru_cache(maxsize=512)
def _render_badge(state: str, label: str, bare: bool, language: str) -> SafeString:
    shown = state_faces.find_state_face(state)
    css, icon = shown.css, _render_icon(shown.icon, 14, "")
    css = f"badge--bare {css}" if bare else css
    return format_html('<span class="badge {}">{}<span>{}</span></span>', css, icon, label or shown.label)


@register.simple_tag
def state_badge(state: str, label: str = "", bare: bool = False) -> SafeString:
    """A state as icon, word and colour; `label` instead of the usual word, `bare` without a ground."""
    return _render_badge(str(state), str(label), bare, get_language() or "")


@register.simple_tag
def settings_place(path: str, slug: str) -> str:
    """Return the address of the settings' page that `path` belongs to: a form that is refused answers below its own."""
    urls = (reverse(name, args=[slug]) for name in SETTINGS_PAGES)
    return max((url for url in urls if path.startswith(url)), key=len, default="")


@register.filter
def state_class(state: str) -> str:
    """Return the classes that colour something by its state (bars, dots, calendar entries)."""
    return state_faces.find_state_face(str(state)).css


@register.filter
def initials(name: object) -> str:
    """Shorten a name to the one or two letters shown where there is no picture."""
    words = [word for word in str(name or "").replace("@", " ").split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper() or "?"


@register.inclusion_tag("components/_avatar.html", takes_context=True)
def face(
    context: Context, person: Member | None, name: str = "", *, small: bool = False, large: bool = False
) -> dict[str, Any]:
    """A colleague's picture, or their initials; `name` is who is shown where nobody is known any more."""
    shown: dict[str, Any] = {"name": person.name if person else name, "small": small, "large": large}
    if person and person.picture_mark:
        slug = context.request.member.organization.slug  # type: ignore[attr-defined]  # of a page behind the gate
        shown["image"] = f"{reverse('organizations:face', args=[slug, person.pk])}?{person.picture_mark}"
    return shown


@register.simple_tag
def attributes(**values: object) -> SafeString:
    """Attributes of an element, `data_hotkey` as `data-hotkey`: those that have a value, bare where it is True."""
    given = [(name.replace("_", "-"), value) for name, value in values.items() if value]
    written = [name if value is True else f'{name}="{escape_value(value)}"' for name, value in given]
    return mark_safe(" ".join(written))  # noqa: S308  every value is escaped


def escape_value(value: object) -> SafeString:
    return conditional_escape(value)  # type: ignore[arg-type]  # it makes a text of anything, whatever its types say


@register.simple_tag
def classes(block: str, *modifiers: str, **given: object) -> str:
    """A block's class and those of its modifiers, "button button--small"; of `given` those that are true."""
    names = [*filter(None, modifiers), *(name for name, value in given.items() if value)]
    return " ".join([block, *(f"{block}--{name}" for name in names)])


@register.simple_tag
def named_profile(profile: Profile, href: str = "", handle: bool = True) -> SafeString:
    """A profile as people tell it from others: its network's mark, its name, its handle."""
    name = format_html(
        '{}<span class="profile__name"><bdi>{}</bdi></span>', network_mark(profile.network), profile.name
    )
    if handle and profile.mark:
        name = format_html('{}<span class="profile__handle"><bdi>{}</bdi></span>', name, profile.mark)
    if href:
        return format_html('<a href="{}" class="profile">{}</a>', href, name)
    return format_html('<span class="profile">{}</span>', name)


@register.inclusion_tag("components/_tile.html")
def tile(shown: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A figure with its definition; `shown` and `more` hold what the component takes."""
    return {**shown, **more}


@register.filter
def marked(bit: DiffPiece) -> SafeString:
    """A piece of a text, with a word on what became of it for those who hear the page."""
    if bit.kind == "gone":
        return format_html('<del><span class="visually-hidden">{} </span>{}</del>', _("removed:"), bit.text)
    if bit.kind == "new":
        return format_html('<ins><span class="visually-hidden">{} </span>{}</ins>', _("added:"), bit.text)
    return format_html("{}", bit.text)


@register.filter(is_safe=True)
def as_typed(value: object) -> str:
    """What was typed, for a <textarea>: browsers take its first line break away, so one stands before."""
    return f"\n{'' if value is None else value}"


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
    return moment_words.render_time(moment, place, timezone.now(), form)


@register.simple_tag
def entrance(request: HttpRequest) -> Organization | None:
    """Return the organization that somebody signs in to, where this browser knows it."""
    return destination_organization(request)


@register.filter
def lasting(length: timedelta | None) -> str:
    """Show how long something took, "24 min"; a dash where nothing did."""
    if length is None:
        return "—"
    minutes = round(length.total_seconds() / 60)
    return moment_words.format_minutes(minutes) if minutes else _("under a minute")


@register.simple_tag
def seen(mark: str) -> SafeString:
    """The hidden field with which a form says what it was made from: the mark of a thing, and when that was read."""
    return format_html('<input type="hidden" name="seen" value="{}">', format_seen_mark(mark, timezone.now()))


@register.filter
def as_seen(mark: str) -> str:
    """The same for what is sent by a script."""
    return format_seen_mark(mark, timezone.now())


@register.simple_tag
def entry_sentence(entry: AuditEntry) -> str:
    """An entry of the audit log as a sentence."""
    return format_entry(entry)


@register.filter
def series_rows(chart: dict[str, Any]) -> list[tuple[object, list[object]]]:
    """Turn a chart's series into the rows of the table that says the same: a date and one value per series."""
    series = chart.get("series") or []
    values = [dict(one["points"]) for one in series]
    keys = sorted({key for known in values for key in known})
    return [(key, [known.get(key) for known in values]) for key in keys]
