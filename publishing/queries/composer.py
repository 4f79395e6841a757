"""What the composer shows while one writes: previews and counters per network, and what the button will do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from networks.contract import Adapter
from networks.models import Profile
from networks.registry import adapter_class
from organizations.actors import Actor
from publishing.access import common_verbs
from publishing.actions.forward import Wish
from publishing.limits import LONGEST, validate
from teams.access import profiles_for

OPTIONS = 20
NEAR = 1_000


@dataclass(frozen=True, slots=True)
class Preview:
    """How the words stand on one network."""

    network: str
    label: str
    profiles: tuple[Profile, ...]
    text: str
    over: str  # what does not fit any more
    length: int
    limit: int
    problems: tuple[str, ...]

    @property
    def left(self) -> int:
        return self.limit - self.length

    @property
    def binds(self) -> bool:
        """Whether the limit is near enough to be worth counting down to."""
        return self.left < NEAR


@dataclass(frozen=True, slots=True)
class Step:
    """What the button does, as `do` and in words; `hint` says who has to agree."""

    do: str  # publish, schedule, submit, keep
    label: str
    hint: str = ""


def previews(text: str, variants: Mapping[str, str], profiles: Iterable[Profile]) -> list[Preview]:
    by_network: dict[str, list[Profile]] = {}
    for profile in profiles:
        by_network.setdefault(profile.network, []).append(profile)
    return [preview(network, variants.get(network) or text, chosen) for network, chosen in sorted(by_network.items())]


def preview(network: str, text: str, profiles: list[Profile]) -> Preview:
    adapter = adapter_class(network)
    text = text[: LONGEST + 1]
    fits = fitting(text, adapter)
    return Preview(
        network=network,
        label=adapter.label,
        profiles=tuple(profiles),
        text=text[:fits],
        over=text[fits:],
        length=adapter.measure_text(text),
        limit=adapter.capabilities.text_limit,
        problems=tuple(validate(text, adapter.capabilities, adapter.measure_text)) if text.strip() else (),
    )


def fitting(text: str, adapter: type[Adapter]) -> int:
    """How many characters the network would still take, found by halving: it alone knows how it counts."""
    limit = adapter.capabilities.text_limit
    if adapter.measure_text(text) <= limit:
        return len(text)
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if adapter.measure_text(text[:middle]) <= limit else (low, middle - 1)
    return low


def next_step(actor: Actor, profiles: list[Profile], wish: Wish, zone: str, *, lacks_time: bool = False) -> Step:
    verbs = common_verbs(actor, [profile.pk for profile in profiles]) if profiles else frozenset()
    asking = [profile.name for profile in profiles if profile.needs_approval]
    to = ngettext("to %d profile", "to %d profiles", len(profiles)) % len(profiles)
    moment = spelt(wish.at, zone) if wish.at else ""
    if not profiles:
        return Step("keep", _("Save draft"), _("Choose a profile to send it anywhere."))
    if asking or "publish" not in verbs:
        return Step("submit", _("Send for approval"), asked(asking, moment))
    if wish.now:
        return Step("publish", _("Publish now %s") % to)
    if wish.at:
        return Step("schedule", _("Schedule for %(moment)s %(to)s") % {"moment": moment, "to": to})
    if lacks_time:
        return Step("schedule", _("Schedule %s") % to, _("Choose a day and a time."))
    return Step("keep", _("Save draft"))


def asked(asking: list[str], moment: str) -> str:
    why = _("%s asks for approval.") % ", ".join(asking[:3]) if asking else _("Somebody who may publish decides.")
    return f"{why} {_('Planned for %s.') % moment}" if moment else why


def spelt(at: datetime, zone: str) -> str:
    """Mon 23 Nov, 09:00 Europe/Madrid"""
    return f"{format_date(at.astimezone(ZoneInfo(zone)), 'D j M, H:i')} {zone}"


def options(actor: Actor, *, q: str = "", without: Iterable[int] = ()) -> QuerySet[Profile]:
    """Profiles to choose from, by name or handle."""
    rows = profiles_for(actor, to="draft").exclude(pk__in=list(without)).order_by("name", "pk")
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(handle__icontains=q))
    return rows[:OPTIONS]


def chosen(actor: Actor, ids: Iterable[int]) -> list[Profile]:
    return list(profiles_for(actor, to="view").filter(pk__in=list(ids)).order_by("name", "pk"))
