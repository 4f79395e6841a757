"""What waits for a reader's decision, with all that one wants to know to decide."""

from collections.abc import Sequence
from dataclasses import dataclass

from foundation.texts.dates import format_planned_time
from networks.models import Profile
from organizations.models import Member
from publishing.models import Post
from publishing.queries.deciders import PendingDecision, pending_decisions
from publishing.queries.posts import posts_to_decide
from publishing.queries.review_changes import FileChanges, file_changes_by_post
from publishing.queries.shown_posts import visible_profiles_by_post, with_content
from teams.access import verbs_on

MOST_APPROVALS = 25


@dataclass(frozen=True, slots=True)
class Approval:
    """A post in review; `moment` is when it leaves where to approve it schedules it, or else empty."""

    post: Post
    profiles: Sequence[Profile]
    waits: PendingDecision | None
    file_changes: FileChanges | None
    moment: str


def list_approvals(member: Member) -> list[Approval]:
    """What waits for this reader, the soonest first."""
    posts = list(with_content(posts_to_decide(member))[:MOST_APPROVALS])
    profiles = visible_profiles_by_post(posts, member)
    verbs = verbs_on(member, {profile.pk for those in profiles.values() for profile in those})
    waiting, changes = pending_decisions(posts), file_changes_by_post(posts)
    found = []
    for post in posts:
        goes = all("publish" in verbs[profile.pk] for profile in profiles[post.pk])
        moment = format_planned_time(post.planned_at, member.time_zone) if post.planned_at and goes else ""
        found.append(Approval(post, profiles[post.pk], waiting.get(post.pk), changes.get(post.pk), moment))
    return found
