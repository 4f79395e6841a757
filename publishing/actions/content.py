"""What somebody wants to say and where, checked before anything is stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.errors import Invalid, PermissionDenied
from foundation.texts.number_format import format_number, format_numbers
from foundation.texts.written_text import has_visible_text, with_line_feeds
from networks.contract import Adapter
from networks.models import Profile
from networks.registry import UnknownNetwork, adapter_class
from networks.text_rules import required_text_errors, validate_text
from organizations.actors import Actor
from publishing.access import common_verbs
from publishing.actions.attachments import FilePlacement, Problems, resolve_placed_files
from publishing.composing.post_input import PostInput
from publishing.composing.threads import MOST_PARTS, Files, VariantWording, build_wording
from publishing.limits import validate_media
from publishing.models import Post, Revision
from teams.access import profiles_for

MOST_PROFILES = 50


@dataclass(frozen=True, slots=True)
class Content:
    text: str
    profiles: tuple[Profile, ...]
    variants: Mapping[str, VariantWording]
    thread: tuple[str, ...] = ()  # goes on with these
    comment: str = ""
    files: tuple[Files, ...] = ()  # with each of the texts, where there are any

    @property
    def ids(self) -> set[int]:
        return {profile.pk for profile in self.profiles}

    @property
    def names(self) -> list[str]:
        """For the audit log, which is read when a profile may be gone."""
        return [str(profile) for profile in self.profiles]


NO_CONTENT = Content("", (), {})


def content_of(post: Post) -> Content:
    revision = fetch_current_revision(post)
    profiles = tuple(post.profiles.order_by("pk"))
    return Content(
        revision.text,
        profiles,
        revision.wordings(),
        thread=tuple(revision.parts),
        comment=revision.first_comment,
        files=revision.files(),
    )


def fetch_current_revision(post: Post) -> Revision:
    assert post.revision_id is not None  # a post has one from the moment it is stored
    return Revision.objects.prefetch_related("attachments__asset").get(pk=post.revision_id)


def checked_content(
    actor: Actor, given: PostInput, *, before: Content = NO_CONTENT, unfinished: bool = False
) -> Content:
    """Raises Invalid (text, profiles, variants, thread, first_comment, media, thread_media), PermissionDenied.

    `before` stands where nothing is given. `unfinished` may be too long, or for nobody yet.
    """
    ids = list(dict.fromkeys(before.ids if given.profiles is None else given.profiles))
    problems: Problems = {}
    chosen = chosen_profiles(actor, ids, problems)
    if not ids and not unfinished:
        problems["profiles"] = [_("Choose at least one profile.")]
    if chosen or not ids:
        require_draft_right(actor, [profile.pk for profile in chosen])
    words, comment, wordings = given_words(given, before)
    placement = FilePlacement(given.media, given.thread_media, given.alt_texts or {})
    files = resolve_placed_files(actor, placement, len(words), before.files, problems)
    first, *others = (text_beside_files(text, files, at) for at, text in enumerate(words))
    content = Content(first, chosen, wordings, tuple(others), comment, files)
    problems.update(text_problems(content) or ({} if unfinished else network_problems(content)))
    if problems:
        raise Invalid(problems)
    return content


def given_words(given: PostInput, before: Content) -> tuple[list[str], str, dict[str, VariantWording]]:
    """The texts, the first comment and what stands for one network alone, as they are kept."""
    text = before.text if given.text is None else given.text
    thread = before.thread if given.thread is None else given.thread
    comment = before.comment if given.first_comment is None else given.first_comment
    variants = before.variants if given.variants is None else given.variants
    beneath = with_line_feeds(comment) if comment.strip() else ""
    return [with_line_feeds(words) for words in (text, *thread)], beneath, non_blank_variants(variants)


def text_beside_files(text: str, files: Sequence[Files], at: int) -> str:
    """What is written with the files of a part: nothing, where nobody would see it."""
    return "" if any(files[at : at + 1]) and not has_visible_text(text) else text


def non_blank_variants(variants: Mapping[str, VariantWording | str]) -> dict[str, VariantWording]:
    """The wordings that say anything; a text alone says nothing of the other parts."""
    given = {network: VariantWording(words) if isinstance(words, str) else words for network, words in variants.items()}
    return {network: own.plain for network, own in given.items() if any(text.strip() for text in own.texts)}


def chosen_profiles(actor: Actor, ids: list[int], problems: Problems) -> tuple[Profile, ...]:
    if len(ids) > MOST_PROFILES:
        problems["profiles"] = [_("Choose at most %s profiles for one post.") % format_number(MOST_PROFILES)]
        return ()
    known = [pk for pk in ids if 0 < pk < 2**63]
    found = tuple(profiles_for(actor, to="view").filter(pk__in=known).order_by("pk"))
    strange = sorted(set(ids) - {profile.pk for profile in found})
    if strange:
        problems["profiles"] = [_("There is no profile %s.") % pk for pk in strange]
    return found


def require_draft_right(actor: Actor, profile_ids: list[int]) -> None:
    may = "draft" in common_verbs(actor, profile_ids) if profile_ids else profiles_for(actor, to="draft").exists()
    if not may:
        raise PermissionDenied(_("You may not write for all of these profiles."))


def text_problems(content: Content) -> Problems:
    problems: Problems = {}
    if content.text or not any(content.files[:1]):
        problems |= {"text": wrong} if (wrong := required_text_errors(content.text)) else {}
    if wrong := thread_problems(content.thread, content.files[1:]):
        problems["thread"] = wrong
    if content.comment and (wrong := required_text_errors(content.comment)):
        problems["first_comment"] = wrong
    for network, own in content.variants.items():
        try:
            label = adapter_class(network).label
            wrong = [f"{label}: {text}" for text in own_wording_problems(own, content.files)]
        except UnknownNetwork as error:
            wrong = [error.user_message]
        if wrong:
            problems.setdefault("variants", []).extend(wrong)
    return problems


def own_wording_problems(own: VariantWording, files: Sequence[Files]) -> list[str]:
    wrong = [] if any(files[:1]) and not own.text.strip() else required_text_errors(own.text)
    return wrong + thread_problems(own.parts or (), files[1:])


def thread_problems(thread: Sequence[str], files: Sequence[Files]) -> list[str]:
    """`files` of each part; one that has some needs no words here, but perhaps on its networks."""
    if len(thread) >= MOST_PARTS:
        return [_("A thread has at most %s parts.") % format_number(MOST_PARTS)]
    found = []
    for number, words in enumerate(thread, start=2):
        if not words.strip() and any(files[number - 2 : number - 1]):
            continue
        found += [
            _("Part %(number)s: %(wrong)s") % format_numbers({"number": number, "wrong": text})
            for text in required_text_errors(words)
        ]
    return found


def network_problems(content: Content) -> Problems:
    """What each chosen network says to the words and files that it would get."""
    problems: Problems = {}
    for network in sorted({profile.network for profile in content.profiles}):
        for field, wrong in problems_on_network(adapter_class(network), content):
            problems.setdefault(field, []).append(wrong)
    return problems


def problems_on_network(adapter: type[Adapter], content: Content) -> Iterator[tuple[str, str]]:
    """(field, what is wrong with it)"""
    able, own = adapter.capabilities, content.variants.get(adapter.network)
    wording = build_wording(content.text, content.thread, own, content.comment, able, content.files)
    if own and own.parts is None and content.thread:
        yield "variants", unsent_parts_warning(adapter.label, len(content.thread))
    if content.comment and not able.first_comment:
        yield "first_comment", _("%s has no first comments. Leave it out, or send there on its own.") % adapter.label
    for number, (words, files) in enumerate(wording.parts, start=1):
        place = {"network": adapter.label, "number": number}
        where = adapter.label if number == 1 else _("%(network)s, part %(number)s") % format_numbers(place)
        field = "variants" if own else "text" if number == 1 else "thread"
        for wrong in validate_text(words, able, adapter.measure_text, files=bool(files)):
            yield field, f"{where}: {wrong}"
        for wrong in validate_media([one.media for one in files], able, adapter.label):
            part = _("Part %(number)s: %(wrong)s") % format_numbers({"number": number, "wrong": wrong})
            yield ("media", wrong) if number == 1 else ("thread_media", part)
    for wrong in validate_text(wording.comment, able, adapter.measure_text) if wording.comment else ():
        yield "first_comment", f"{adapter.label}: {wrong}"


def unsent_parts_warning(network: str, parts: int) -> str:
    """What would become of the thread on a network with one text of its own."""
    facts = {"network": network, "parts": parts}
    kept = ngettext(
        "%(network)s gets only its own wording: the other part of the thread stays away.",
        "%(network)s gets only its own wording: the other %(parts)s parts of the thread stay away.",
        parts,
    )
    return f"{kept % format_numbers(facts)} {_('Write its own parts, or say that this is all.')}"
