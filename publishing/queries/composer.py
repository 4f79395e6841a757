"""What the composer shows while one writes: previews and counters per network, and what the button will do."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.texts.dates import spelt_planned
from foundation.texts.graphemes import boundary
from foundation.texts.numbers import spelt_number
from foundation.texts.search import Found, Parts, Texts
from foundation.texts.written import shows_anything
from networks.contract import Adapter
from networks.models import Profile
from networks.registry import adapter_class, networks
from networks.wording import LONGEST, validate
from organizations.actors import Actor
from publishing.access import common_verbs
from publishing.actions.content import stays_away
from publishing.actions.forward import Wish
from publishing.actions.placing import visible_assets
from publishing.composing.threads import MOST_PARTS, Files, Own, fitting, said, split
from publishing.limits import adapted, validate_media
from publishing.planning.planned_times import meant, oddity
from teams.access import profiles_for
from teams.models import Team

OPTIONS = 20
MOST_WORDS = 8
NEAR = 1_000
NEARLY_FULL = 20  # as in replies


@dataclass(frozen=True, slots=True)
class Preview:
    """How the words stand on one network."""

    network: str
    label: str
    profiles: tuple[Profile, ...]
    bits: tuple["Bit", ...]  # more than one where it is a thread
    comment: "Bit | None" = None
    away: str = ""  # what does not reach it, as long as nobody has said that it shall not

    @property
    def joined(self) -> bool:
        """Whether the parts of a thread have become one text here."""
        return not adapter_class(self.network).capabilities.threads


@dataclass(frozen=True, slots=True)
class Bit:
    """One post on the network."""

    network: str
    label: str
    text: str
    over: str  # what does not fit any more
    length: int
    limit: int
    problems: tuple[str, ...]
    files: Files = ()
    misfits: tuple[str, ...] = ()  # what is wrong with the files

    @property
    def left(self) -> int:
        return self.limit - self.length

    @property
    def excess(self) -> int:
        return max(0, -self.left)

    @property
    def near(self) -> bool:
        return 0 <= self.left <= NEARLY_FULL

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


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the composer; `parts` by the numbers of their fields."""

    text: str
    variants: Mapping[str, Own]
    parts: Mapping[int, str] = field(default_factory=dict)
    comment: str = ""
    files: Mapping[int, Files] = field(default_factory=dict)  # by the same numbers; 1 is the first text

    @property
    def numbers(self) -> tuple[int, ...]:
        return (1, *self.parts)

    @property
    def texts(self) -> list[tuple[str, Files]]:
        """Each with its files."""
        texts = (self.text, *self.parts.values())
        return [(text, self.files.get(number, ())) for number, text in zip(self.numbers, texts, strict=True)]


def previews(words: Words, profiles: Iterable[Profile]) -> list[Preview]:
    by_network: dict[str, list[Profile]] = {}
    for profile in profiles:
        by_network.setdefault(profile.network, []).append(profile)
    return [preview(network, words, chosen) for network, chosen in sorted(by_network.items())]


def preview(network: str, words: Words, profiles: list[Profile]) -> Preview:
    adapter = adapter_class(network)
    own = words.variants.get(network)
    files = [files for _text, files in words.texts] if words.files else []
    wording = said(words.text, list(words.parts.values()), own, words.comment, adapter.capabilities, files)
    return Preview(
        network=network,
        label=adapter.label,
        profiles=tuple(profiles),
        bits=tuple(bit(text, adapter, files) for text, files in wording.parts),
        comment=bit(wording.comment, adapter) if wording.comment else None,
        away=stays_away(adapter.label, len(words.parts)) if words.parts and own and own.parts is None else "",
    )


def counters(words: Words, shown: Iterable[Preview]) -> dict[int, list[Bit]]:
    """{number of a part's field: how it stands on each network that gets it as a post of its own}"""
    found: dict[int, list[Bit]] = {}
    for place, number in enumerate(words.parts, start=1):
        found[number] = [
            one.bits[place] for one in shown if len(one.bits) > place and one.network not in words.variants
        ]
    return found


def own_counters(words: Words, shown: Iterable[Preview]) -> dict[str, list[Bit]]:
    """{network and place of one of its own parts: how that stands there}"""
    own = [one for one in shown if one.network in words.variants]
    return {f"{one.network}-{place}": [bit] for one in own for place, bit in enumerate(one.bits[1:], start=2)}


def away(shown: Iterable[Preview]) -> dict[str, str]:
    """{network: what does not reach it}"""
    return {one.network: one.away for one in shown}


def misfits(words: Words, shown: Iterable[Preview]) -> dict[int, list[str]]:
    """{number of a part's field: what is wrong with its files, said by each network}"""
    found: dict[int, list[str]] = {number: [] for number in words.numbers}
    for one in shown:
        for number, bit in zip(words.numbers, one.bits, strict=False):
            found[number] += bit.misfits
    return found


def adaptations(words: Words, shown: Iterable[Preview]) -> dict[int, list[str]]:
    """{asset: what becomes of it on its way to each of the networks}"""
    able = [(adapter_class(one.network).capabilities, one.label) for one in shown]
    files = {one.asset: one for part in words.files.values() for one in part}
    return {pk: [said for to in able if (said := adapted(one, *to))] for pk, one in files.items()}


def rearranged(words: Words, profiles: Iterable[Profile], do: str) -> list[tuple[str, list[int]]]:
    """The texts cut to what the tightest of the chosen networks takes, or joined into one; or with one more.

    Each with the ids of its files, which stay with the text whose beginning they stood beneath.
    """
    texts = [(text, [one.asset for one in files]) for text, files in words.texts]
    if do == "add":
        return [*texts, ("", [])][:MOST_PARTS]
    if do == "join":
        return [joined(texts)]
    adapter = tightest(words, profiles)
    if adapter is None:
        return texts
    limit, measure = adapter.capabilities.text_limit, adapter.measure_text
    pieces = [
        (piece, [] if at else pks)
        for text, pks in texts
        for at, piece in enumerate(split_whole(text, limit, measure) or [""])
        if piece or pks
    ]
    return [*pieces[: MOST_PARTS - 1], joined(pieces[MOST_PARTS - 1 :])] if len(pieces) > MOST_PARTS else pieces


def split_whole(text: str, limit: int, measure: Callable[[str], int]) -> list[str]:
    """What is longer than anything that is taken stays together behind the parts, for its writer to see."""
    end = boundary(text, LONGEST)
    return [*split(text[:end], limit, measure), *([text[end:]] if text[end:].strip() else [])]


def joined(texts: list[tuple[str, list[int]]]) -> tuple[str, list[int]]:
    files = dict.fromkeys(pk for _text, pks in texts for pk in pks)
    return "\n\n".join(text.strip() for text, _pks in texts if text.strip()), list(files)


def tightest(words: Words, profiles: Iterable[Profile]) -> type[Adapter] | None:
    """The network that takes least of those that get the thread as one."""
    adapters = [adapter_class(network) for network in {one.network for one in profiles} - set(words.variants)]
    able = [adapter for adapter in adapters if adapter.capabilities.threads]
    return min(able, key=lambda adapter: adapter.capabilities.text_limit, default=None)


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the chosen networks make possible: a thread, a first comment; whether a text is too long to be one post."""

    threads: bool = False
    comment: bool = False
    long: bool = False


def abilities(words: Words, profiles: Iterable[Profile], shown: Iterable[Preview]) -> Abilities:
    chosen = list(profiles)
    able = tightest(words, chosen)
    threaded = [one for one in shown if not one.joined and one.network not in words.variants]
    return Abilities(
        threads=able is not None,
        comment=any(adapter_class(one.network).capabilities.first_comment for one in chosen),
        long=any(bit.left < 0 for one in threaded for bit in one.bits),
    )


def bit(text: str, adapter: type[Adapter], files: Files = ()) -> Bit:
    text = text[: LONGEST + 1]
    fits = fitting(text, adapter.capabilities.text_limit, adapter.measure_text)
    return Bit(
        network=adapter.network,
        label=adapter.label,
        text=text[:fits],
        over=text[fits:],
        length=adapter.measure_text(text),
        limit=adapter.capabilities.text_limit,
        problems=tuple(validate(text, adapter.capabilities, adapter.measure_text, files=bool(files)))
        if files or shows_anything(text)
        else (),
        files=files,
        misfits=tuple(validate_media([one.media for one in files], adapter.capabilities, adapter.label)),
    )


def next_step(actor: Actor, profiles: list[Profile], wish: Wish, zone: str, *, lacks_time: bool = False) -> Step:
    verbs = common_verbs(actor, [profile.pk for profile in profiles]) if profiles else frozenset()
    asking = [profile.name for profile in profiles if profile.needs_approval]
    to = ngettext("to %s profile", "to %s profiles", len(profiles)) % spelt_number(len(profiles))
    moment = spelt_planned(wish.at, zone) if wish.at else ""
    odd = oddity(wish.at, meant(wish.at, ZoneInfo(zone), wish.wall), zone) if wish.at else ""
    if not profiles:
        return Step("keep", _("Save draft"), _("Choose a profile to send it anywhere."))
    if asking or "publish" not in verbs:
        return Step("submit", _("Send for approval"), f"{asked(asking, moment)} {odd}".strip())
    if wish.now:
        return Step("publish", _("Publish now %s") % to)
    if wish.at:
        return Step("schedule", _("Schedule for %(moment)s %(to)s") % {"moment": moment, "to": to}, odd)
    if lacks_time:
        return Step("schedule", _("Schedule %s") % to, _("Choose a day and a time."))
    return Step("keep", _("Save draft"))


def asked(asking: list[str], moment: str) -> str:
    why = _("%s asks for approval.") % ", ".join(asking[:3]) if asking else _("Somebody who may publish decides.")
    return f"{why} {_('Planned for %s.') % moment}" if moment else why


def options(actor: Actor, *, q: str = "", without: Iterable[int] = ()) -> QuerySet[Profile]:
    """Profiles to choose from: every word of `q` is in a name, handle, label, or the name of network or team."""
    rows = profiles_for(actor, to="draft").exclude(pk__in=list(without)).order_by("name", "pk")
    for word in q.split()[:MOST_WORDS]:
        rows = rows.filter(called(word))
    return rows[:OPTIONS]


def called(word: str) -> Q:
    own = Q(Found(Parts("name", "handle"), word)) | Q(Found(Parts(Texts("labels")), word))
    near = [one.network for one in networks() if word.casefold() in one.label.casefold()]
    teams = Team.profiles.through.objects.filter(team__in=Team.objects.filter(Found(Parts("name"), word)))
    return own | Q(network__in=near) | Q(pk__in=teams.values("profile"))


def files_of(actor: Actor, media: Mapping[int, list[int]], alt_texts: Mapping[int, str]) -> dict[int, Files]:
    """What stands in the trays, as far as the actor may see it."""
    assets = visible_assets(actor, (pk for part in media.values() for pk in part))
    found = {
        number: tuple(assets[pk].attached(alt_texts.get(pk, assets[pk].alt_text)) for pk in pks if pk in assets)
        for number, pks in media.items()
    }
    return {number: files for number, files in found.items() if files}


def chosen(actor: Actor, ids: Iterable[int]) -> list[Profile]:
    return list(profiles_for(actor, to="view").filter(pk__in=list(ids)).order_by("name", "pk"))
