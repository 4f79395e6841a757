"""What waits for an approval that nobody could give once a member has left, and who is named to give it."""

from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.texts.number_format import format_number
from foundation.texts.text_comparison import clip_to_line
from organizations.models import Member, Role
from organizations.people.member_handover import Handover, Holding
from publishing.models import Post
from publishing.queries.deciders import find_undecidable_posts, writer_ids_of

MOST_TITLES = 5


@dataclass(frozen=True, slots=True)
class StuckApprovals:
    """What waits for an approval that nobody could give any more."""

    named: list[tuple[Post, Member]] = field(default_factory=list)  # and who decides it then
    unnamed: list[Post] = field(default_factory=list)  # whoever is named wrote it themselves; others could be named
    hopeless: list[Post] = field(default_factory=list)  # nobody could be named

    @property
    def posts(self) -> list[Post]:
        return [*self.unnamed, *(post for post, _member in self.named), *self.hopeless]


def find_stuck_approvals(handover: Handover, posts: QuerySet[Post]) -> StuckApprovals:
    """Of these posts in review, those that nobody may decide once the member has left."""
    found = StuckApprovals()
    stuck = find_undecidable_posts(posts, without=handover.member)
    people = Member.objects.exclude(role=Role.VIEWER).exclude(pk=handover.member.pk)
    able = set(people.values_list("pk", flat=True)) if stuck else set()
    for post in stuck:
        hands = writer_ids_of(post)
        named = next((one for one in handover.named("approvals") if one.pk not in hands), None)
        if not able - hands or not post.profiles.all():
            found.hopeless.append(post)
        elif named:
            found.named.append((post, named))
        else:
            found.unnamed.append(post)
    return found


def list_approval_holdings(waiting: StuckApprovals) -> list[Holding]:
    posts = [*waiting.unnamed, *(post for post, _member in waiting.named)]
    lost = len(waiting.hopeless)
    return [
        Holding(
            "approvals",
            len(posts),
            ngettext("%s approval that nobody else may give", "%s approvals that nobody else may give", len(posts))
            % format_number(len(posts)),
            approval_outcome(waiting),
            passes=True,
            things=post_titles(posts),
            needs_name=bool(waiting.unnamed),
        ),
        Holding(
            "undecided",
            lost,
            ngettext("%s post that nobody else could approve", "%s posts that nobody else could approve", lost)
            % format_number(lost),
            _("Back to draft: whoever is left wrote it themselves."),
            passes=False,
            things=post_titles(waiting.hopeless),
        ),
    ]


def approval_outcome(waiting: StuckApprovals) -> str:
    if waiting.unnamed:
        return _("Name somebody who has not written it: nobody decides on their own words.")
    people = sorted({member.name for _post, member in waiting.named})
    where = sorted({str(profile) for post, _member in waiting.named for profile in post.profiles.all()})
    return ngettext(
        "%(people)s decides, and may approve on %(profiles)s from then on.",
        "%(people)s decide, and may approve on %(profiles)s from then on.",
        len(people),
    ) % {"people": ", ".join(people), "profiles": ", ".join(where)}


def post_titles(posts: list[Post]) -> tuple[str, ...]:
    return tuple(clip_to_line(post.revision.title) for post in posts[:MOST_TITLES] if post.revision)


def list_approval_gaps(member: Member) -> list[str]:
    """What cannot be decided while the member is away."""
    stuck = len(find_undecidable_posts(Post.objects.all(), without=member))
    if not stuck:
        return []
    text = ngettext(
        "%s post waits for an approval that nobody else may give.",
        "%s posts wait for an approval that nobody else may give.",
        stuck,
    )
    return [text % format_number(stuck)]
