"""What waits for an approval that nobody could give once a member has left, and who is named to give it."""

from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.texts.numbers import spelt_number
from foundation.texts.text import clipped
from organizations.models import Member, Role
from organizations.people.handover import Handover, Holding
from publishing.models import Post
from publishing.queries.deciders import hands_of, undecidable

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for an approval that nobody could give any more."""

    named: list[tuple[Post, Member]] = field(default_factory=list)  # and who decides it then
    unnamed: list[Post] = field(default_factory=list)  # whoever is named wrote it themselves; others could be named
    hopeless: list[Post] = field(default_factory=list)  # nobody could be named

    @property
    def posts(self) -> list[Post]:
        return [*self.unnamed, *(post for post, _member in self.named), *self.hopeless]


def waiting_without(handover: Handover, posts: QuerySet[Post]) -> Waiting:
    """Of these posts in review, those that nobody may decide once the member has left."""
    found = Waiting()
    stuck = undecidable(posts, without=handover.member)
    people = Member.objects.exclude(role=Role.VIEWER).exclude(pk=handover.member.pk)
    able = set(people.values_list("pk", flat=True)) if stuck else set()
    for post in stuck:
        hands = hands_of(post)
        named = next((one for one in handover.named("approvals") if one.pk not in hands), None)
        if not able - hands or not post.profiles.all():
            found.hopeless.append(post)
        elif named:
            found.named.append((post, named))
        else:
            found.unnamed.append(post)
    return found


def approvals(waiting: Waiting) -> list[Holding]:
    posts = [*waiting.unnamed, *(post for post, _member in waiting.named)]
    lost = len(waiting.hopeless)
    return [
        Holding(
            "approvals",
            len(posts),
            ngettext("%s approval that nobody else may give", "%s approvals that nobody else may give", len(posts))
            % spelt_number(len(posts)),
            fate_of(waiting),
            passes=True,
            things=words_of(posts),
            needs_name=bool(waiting.unnamed),
        ),
        Holding(
            "undecided",
            lost,
            ngettext("%s post that nobody else could approve", "%s posts that nobody else could approve", lost)
            % spelt_number(lost),
            _("Back to draft: whoever is left wrote it themselves."),
            passes=False,
            things=words_of(waiting.hopeless),
        ),
    ]


def fate_of(waiting: Waiting) -> str:
    if waiting.unnamed:
        return _("Name somebody who has not written it: nobody decides on their own words.")
    people = sorted({member.name for _post, member in waiting.named})
    where = sorted({str(profile) for post, _member in waiting.named for profile in post.profiles.all()})
    return ngettext(
        "%(people)s decides, and may approve on %(profiles)s from then on.",
        "%(people)s decide, and may approve on %(profiles)s from then on.",
        len(people),
    ) % {"people": ", ".join(people), "profiles": ", ".join(where)}


def words_of(posts: list[Post]) -> tuple[str, ...]:
    return tuple(clipped(post.revision.title) for post in posts[:SHOWN] if post.revision)


def gaps(member: Member) -> list[str]:
    """What cannot be decided while the member is away."""
    stuck = len(undecidable(Post.objects.all(), without=member))
    if not stuck:
        return []
    text = ngettext(
        "%s post waits for an approval that nobody else may give.",
        "%s posts wait for an approval that nobody else may give.",
        stuck,
    )
    return [text % spelt_number(stuck)]
