"""What somebody wants to say and where, checked before anything is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from networks.models import Profile
from networks.registry import UnknownNetwork, adapter_class
from organizations.actors import Actor
from publishing.access import common_verbs
from publishing.limits import unreadable, validate
from publishing.models import Post, Revision
from socialops.lib.errors import Invalid, PermissionDenied
from teams.access import profiles_for

MOST_PROFILES = 50
Problems = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Content:
    text: str
    profiles: tuple[Profile, ...]
    variants: Mapping[str, str]

    @property
    def ids(self) -> set[int]:
        return {profile.pk for profile in self.profiles}

    @property
    def names(self) -> list[str]:
        """For the audit log, which is read when a profile may be gone."""
        return [str(profile) for profile in self.profiles]


def content_of(post: Post) -> Content:
    revision = current_revision(post)
    return Content(revision.text, tuple(post.profiles.order_by("pk")), revision.wordings())


def current_revision(post: Post) -> Revision:
    assert post.revision_id is not None  # a post has one from the moment it is stored
    return Revision.objects.get(pk=post.revision_id)


def checked_content(
    actor: Actor, *, text: str, profiles: Iterable[int], variants: Mapping[str, str] | None, unfinished: bool = False
) -> Content:
    """Raises Invalid (text, profiles, variants), PermissionDenied. `unfinished` may be too long, or for nobody yet."""
    ids = list(dict.fromkeys(profiles))
    problems: Problems = {}
    chosen = chosen_profiles(actor, ids, problems)
    if not ids and not unfinished:
        problems["profiles"] = [_("Choose at least one profile.")]
    if chosen or not ids:
        require_draft(actor, [profile.pk for profile in chosen])
    wordings = {network: words for network, words in (variants or {}).items() if words.strip()}
    content = Content(text, chosen, wordings)
    problems.update(readable_problems(content) or ({} if unfinished else network_problems(content)))
    if problems:
        raise Invalid(problems)
    return content


def chosen_profiles(actor: Actor, ids: list[int], problems: Problems) -> tuple[Profile, ...]:
    if len(ids) > MOST_PROFILES:
        problems["profiles"] = [_("Choose at most %d profiles for one post.") % MOST_PROFILES]
        return ()
    known = [pk for pk in ids if 0 < pk < 2**63]
    found = tuple(profiles_for(actor, to="view").filter(pk__in=known).order_by("pk"))
    strange = sorted(set(ids) - {profile.pk for profile in found})
    if strange:
        problems["profiles"] = [_("There is no profile %s.") % pk for pk in strange]
    return found


def require_draft(actor: Actor, profile_ids: list[int]) -> None:
    may = "draft" in common_verbs(actor, profile_ids) if profile_ids else profiles_for(actor, to="draft").exists()
    if not may:
        raise PermissionDenied(_("You may not write for all of these profiles."))


def readable_problems(content: Content) -> Problems:
    problems: Problems = {}
    if unreadable(content.text):
        problems["text"] = unreadable(content.text)
    elif not content.text.strip():
        problems["text"] = [_("Write something first.")]
    for network, words in content.variants.items():
        try:
            label = adapter_class(network).label
            wrong = [f"{label}: {text}" for text in unreadable(words)]
        except UnknownNetwork as error:
            wrong = [error.user_message]
        if wrong:
            problems.setdefault("variants", []).extend(wrong)
    return problems


def network_problems(content: Content) -> Problems:
    """What each chosen network says to the words it would get."""
    problems: Problems = {}
    for network in sorted({profile.network for profile in content.profiles}):
        adapter = adapter_class(network)
        words = content.variants.get(network, content.text)
        field = "variants" if network in content.variants else "text"
        for wrong in validate(words, adapter.capabilities, adapter.measure_text):
            problems.setdefault(field, []).append(f"{adapter.label}: {wrong}")
    return problems
