"""What the composer shows while one writes: previews and counters per network, and what the button will do."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.texts.dates import format_planned_time
from foundation.texts.graphemes import grapheme_boundary
from foundation.texts.number_format import format_number
from foundation.texts.search import MatchesQuery, Parts, Texts
from foundation.texts.written_text import has_visible_text
from networks.contract import Adapter
from networks.models import Profile
from networks.registry import adapter_class, adapter_classes
from networks.text_rules import MAX_TEXT_LENGTH, validate_text
from organizations.actors import Actor
from publishing.access import common_verbs
from publishing.actions.attachments import visible_assets
from publishing.actions.content import unsent_parts_warning
from publishing.actions.next_steps import PublishIntent
from publishing.composing.threads import MOST_PARTS, Files, VariantWording, build_wording, fitting_length, split_text
from publishing.limits import describe_adaptation, validate_media
from publishing.planning.planned_times import describe_dst_effect, typed_wall_time
from teams.access import profiles_for
from teams.models import Team

MOST_OPTIONS = 20
MOST_WORDS = 8
COUNTDOWN_FROM = 1_000
NEARLY_FULL = 20  # as in replies


@dataclass(frozen=True, slots=True)
class NetworkPreview:
    """How the words stand on one network."""

    network: str
    label: str
    profiles: tuple[Profile, ...]
    bits: tuple["PartPreview", ...]  # more than one where it is a thread
    comment: "PartPreview | None" = None
    away: str = ""  # what does not reach it, as long as nobody has said that it shall not

    @property
    def joined(self) -> bool:
        """Whether the parts of a thread have become one text here."""
        return not adapter_class(self.network).capabilities.threads


@dataclass(frozen=True, slots=True)
class PartPreview:
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
        return self.left < COUNTDOWN_FROM


@dataclass(frozen=True, slots=True)
class ComposerStep:
    """What the button does, as `do` and in words; `hint` says who has to agree."""

    do: str  # publish, schedule, submit, keep
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ComposerContent:
    """What stands in the composer; `parts` by the numbers of their fields."""

    text: str
    variants: Mapping[str, VariantWording]
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


def build_previews(words: ComposerContent, profiles: Iterable[Profile]) -> list[NetworkPreview]:
    by_network: dict[str, list[Profile]] = {}
    for profile in profiles:
        by_network.setdefault(profile.network, []).append(profile)
    return [build_network_preview(network, words, chosen) for network, chosen in sorted(by_network.items())]


def build_network_preview(network: str, words: ComposerContent, profiles: list[Profile]) -> NetworkPreview:
    adapter = adapter_class(network)
    own = words.variants.get(network)
    files = [files for _text, files in words.texts] if words.files else []
    wording = build_wording(words.text, list(words.parts.values()), own, words.comment, adapter.capabilities, files)
    return NetworkPreview(
        network=network,
        label=adapter.label,
        profiles=tuple(profiles),
        bits=tuple(build_part_preview(text, adapter, files) for text, files in wording.parts),
        comment=build_part_preview(wording.comment, adapter) if wording.comment else None,
        away=unsent_parts_warning(adapter.label, len(words.parts)) if words.parts and own and own.parts is None else "",
    )


def part_counters(words: ComposerContent, shown: Iterable[NetworkPreview]) -> dict[int, list[PartPreview]]:
    """{number of a part's field: how it stands on each network that gets it as a post of its own}"""
    found: dict[int, list[PartPreview]] = {}
    for place, number in enumerate(words.parts, start=1):
        found[number] = [
            one.bits[place] for one in shown if len(one.bits) > place and one.network not in words.variants
        ]
    return found


def own_part_counters(words: ComposerContent, shown: Iterable[NetworkPreview]) -> dict[str, list[PartPreview]]:
    """{network and place of one of its own parts: how that stands there}"""
    own = [one for one in shown if one.network in words.variants]
    return {f"{one.network}-{place}": [bit] for one in own for place, bit in enumerate(one.bits[1:], start=2)}


def unsent_parts_by_network(shown: Iterable[NetworkPreview]) -> dict[str, str]:
    """{network: what does not reach it}"""
    return {one.network: one.away for one in shown}


def file_problems_by_part(words: ComposerContent, shown: Iterable[NetworkPreview]) -> dict[int, list[str]]:
    """{number of a part's field: what is wrong with its files, said by each network}"""
    found: dict[int, list[str]] = {number: [] for number in words.numbers}
    for one in shown:
        for number, bit in zip(words.numbers, one.bits, strict=False):
            found[number] += bit.misfits
    return found


def adaptations_by_asset(words: ComposerContent, shown: Iterable[NetworkPreview]) -> dict[int, list[str]]:
    """{asset: what becomes of it on its way to each of the networks}"""
    able = [(adapter_class(one.network).capabilities, one.label) for one in shown]
    files = {one.asset: one for part in words.files.values() for one in part}
    return {pk: [copy for to in able if (copy := describe_adaptation(one, *to))] for pk, one in files.items()}


def rearrange_texts(words: ComposerContent, profiles: Iterable[Profile], do: str) -> list[tuple[str, list[int]]]:
    """The texts cut to what the tightest of the chosen networks takes, or joined into one; or with one more.

    Each with the ids of its files, which stay with the text whose beginning they stood beneath.
    """
    texts = [(text, [one.asset for one in files]) for text, files in words.texts]
    if do == "add":
        return [*texts, ("", [])][:MOST_PARTS]
    if do == "join":
        return [join_texts(texts)]
    adapter = tightest_adapter(words, profiles)
    if adapter is None:
        return texts
    limit, measure = adapter.capabilities.text_limit, adapter.measure_text
    pieces = [
        (piece, [] if at else pks)
        for text, pks in texts
        for at, piece in enumerate(split_with_overflow(text, limit, measure) or [""])
        if piece or pks
    ]
    return [*pieces[: MOST_PARTS - 1], join_texts(pieces[MOST_PARTS - 1 :])] if len(pieces) > MOST_PARTS else pieces


def split_with_overflow(text: str, limit: int, measure: Callable[[str], int]) -> list[str]:
    """What is longer than anything that is taken stays together behind the parts, for its writer to see."""
    end = grapheme_boundary(text, MAX_TEXT_LENGTH)
    return [*split_text(text[:end], limit, measure), *([text[end:]] if text[end:].strip() else [])]


def join_texts(texts: list[tuple[str, list[int]]]) -> tuple[str, list[int]]:
    files = dict.fromkeys(pk for _text, pks in texts for pk in pks)
    return "\n\n".join(text.strip() for text, _pks in texts if text.strip()), list(files)


def tightest_adapter(words: ComposerContent, profiles: Iterable[Profile]) -> type[Adapter] | None:
    """The network that takes least of those that get the thread as one."""
    adapters = [adapter_class(network) for network in {one.network for one in profiles} - set(words.variants)]
    able = [adapter for adapter in adapters if adapter.capabilities.threads]
    return min(able, key=lambda adapter: adapter.capabilities.text_limit, default=None)


@dataclass(frozen=True, slots=True)
class ComposerAbilities:
    """What the chosen networks make possible: a thread, a first comment; whether a text is too long to be one post."""

    threads: bool = False
    comment: bool = False
    long: bool = False


def find_abilities(
    words: ComposerContent, profiles: Iterable[Profile], shown: Iterable[NetworkPreview]
) -> ComposerAbilities:
    chosen = list(profiles)
    able = tightest_adapter(words, chosen)
    threaded = [one for one in shown if not one.joined and one.network not in words.variants]
    return ComposerAbilities(
        threads=able is not None,
        comment=any(adapter_class(one.network).capabilities.first_comment for one in chosen),
        long=any(bit.left < 0 for one in threaded for bit in one.bits),
    )


def build_part_preview(text: str, adapter: type[Adapter], files: Files = ()) -> PartPreview:
    text = text[: MAX_TEXT_LENGTH + 1]
    fits = fitting_length(text, adapter.capabilities.text_limit, adapter.measure_text)
    return PartPreview(
        network=adapter.network,
        label=adapter.label,
        text=text[:fits],
        over=text[fits:],
        length=adapter.measure_text(text),
        limit=adapter.capabilities.text_limit,
        problems=tuple(validate_text(text, adapter.capabilities, adapter.measure_text, files=bool(files)))
        if files or has_visible_text(text)
        else (),
        files=files,
        misfits=tuple(validate_media([one.media for one in files], adapter.capabilities, adapter.label)),
    )


def next_step(
    actor: Actor, profiles: list[Profile], intent: PublishIntent, zone: str, *, lacks_time: bool = False
) -> ComposerStep:
    verbs = common_verbs(actor, [profile.pk for profile in profiles]) if profiles else frozenset()
    asking = [profile.name for profile in profiles if profile.needs_approval]
    to = ngettext("to %s profile", "to %s profiles", len(profiles)) % format_number(len(profiles))
    moment = format_planned_time(intent.at, zone) if intent.at else ""
    odd = (
        describe_dst_effect(intent.at, typed_wall_time(intent.at, ZoneInfo(zone), intent.wall), zone)
        if intent.at
        else ""
    )
    if not profiles:
        return ComposerStep("keep", _("Save draft"), _("Choose a profile to send it anywhere."))
    if asking or "publish" not in verbs:
        return ComposerStep("submit", _("Send for approval"), f"{approval_hint(asking, moment)} {odd}".strip())
    if intent.now:
        return ComposerStep("publish", _("Publish now %s") % to)
    if intent.at:
        return ComposerStep("schedule", _("Schedule for %(moment)s %(to)s") % {"moment": moment, "to": to}, odd)
    if lacks_time:
        return ComposerStep("schedule", _("Schedule %s") % to, _("Choose a day and a time."))
    return ComposerStep("keep", _("Save draft"))


def approval_hint(asking: list[str], moment: str) -> str:
    why = _("%s asks for approval.") % ", ".join(asking[:3]) if asking else _("Somebody who may publish decides.")
    return f"{why} {_('Planned for %s.') % moment}" if moment else why


def profile_options(actor: Actor, *, q: str = "", without: Iterable[int] = ()) -> QuerySet[Profile]:
    """Profiles to choose from: every word of `q` is in a name, handle, label, or the name of network or team."""
    rows = profiles_for(actor, to="draft").exclude(pk__in=list(without)).order_by("name", "pk")
    for word in q.split()[:MOST_WORDS]:
        rows = rows.filter(profile_word_filter(word))
    return rows[:MOST_OPTIONS]


def profile_word_filter(word: str) -> Q:
    own = Q(MatchesQuery(Parts("name", "handle"), word)) | Q(MatchesQuery(Parts(Texts("labels")), word))
    near = [one.network for one in adapter_classes() if word.casefold() in one.label.casefold()]
    teams = Team.profiles.through.objects.filter(team__in=Team.objects.filter(MatchesQuery(Parts("name"), word)))
    return own | Q(network__in=near) | Q(pk__in=teams.values("profile"))


def files_in_trays(actor: Actor, media: Mapping[int, list[int]], alt_texts: Mapping[int, str]) -> dict[int, Files]:
    """What stands in the trays, as far as the actor may see it."""
    assets = visible_assets(actor, (pk for part in media.values() for pk in part))
    found = {
        number: tuple(assets[pk].attached(alt_texts.get(pk, assets[pk].alt_text)) for pk in pks if pk in assets)
        for number, pks in media.items()
    }
    return {number: files for number, files in found.items() if files}


def fetch_chosen_profiles(actor: Actor, ids: Iterable[int]) -> list[Profile]:
    return list(profiles_for(actor, to="view").filter(pk__in=list(ids)).order_by("name", "pk"))
