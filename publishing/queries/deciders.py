"""Who may decide what waits for approval: whoever may approve on all of its profiles, never their own words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from organizations.models import ADMIN_ROLES, AuditEntry, Member
from organizations.queries.people import list_admins
from publishing.models import Post
from teams.access import roles_that_can
from teams.queries.verb_holders import held_profiles_by_member, held_profiles_by_user, members_holding

MOST_NAMED = 5  # people named as able to give the right; beyond that a name more helps nobody


@dataclass(frozen=True, slots=True)
class PendingDecision:
    """Whom a post waits for, by name, and since when; `since` is None where the audit log does not say."""

    people: list[str]
    more: int  # who are not named
    admins: bool  # nobody else may decide it
    since: datetime | None


def pending_decisions(posts: Collection[Post]) -> dict[int, PendingDecision]:
    """Of those of `posts` that are in review, by all of their profiles, seen or not.

    In five queries, however many there are, and none where nothing waits. Index audit_target.
    """
    rows = [post for post in posts if post.state == "in_review"]
    if not rows:
        return {}
    through = Post.profiles.through.objects.filter(post__in=[post.pk for post in rows])
    profiles: dict[int, set[int]] = {}
    for post_id, profile_id in through.values_list("post_id", "profile_id"):
        profiles.setdefault(post_id, set()).add(profile_id)
    held = held_profiles_by_user("approve", set().union(*profiles.values()))
    may = Q(user__in=held, role__in=roles_that_can("approve")) | Q(role__in=ADMIN_ROLES)
    people = list(Member.objects.filter(may).select_related("user").order_by("user__name", "user__email", "pk"))
    since = submission_times(rows)
    return {
        post.pk: pending_decision_of(post, profiles.get(post.pk, set()), people, held, since.get(post.pk))
        for post in rows
    }


def pending_decision_of(
    post: Post, wanted: set[int], people: list[Member], held: dict[int, set[int]], since: datetime | None
) -> PendingDecision:
    able = [one for one in people if one.pk not in writer_ids_of(post)]
    named = [one for one in able if not one.is_admin and wanted and held.get(one.user_id, set()) >= wanted]
    found = named or [one for one in able if one.is_admin]
    return PendingDecision([one.name for one in found[:MOST_NAMED]], max(0, len(found) - MOST_NAMED), not named, since)


def submission_times(posts: Collection[Post]) -> dict[int, datetime]:
    """When each was sent for approval last."""
    of_them = AuditEntry.objects.filter(target_kind="post", target_id__in=[str(post.pk) for post in posts])
    asked = of_them.filter(verb="post.submitted").values_list("target_id").annotate(Max("at")).order_by()
    return {int(pk): at for pk, at in asked}


def writer_ids_of(post: Post) -> set[int]:
    """Who wrote it, and who wrote the words that stand now."""
    hands = {post.author_id, post.revision.author_id if post.revision else None}
    return {pk for pk in hands if pk}


def find_undecidable_posts(posts: QuerySet[Post], *, without: Member | None = None) -> list[Post]:
    """Those of `posts` in review that no member may decide, or no other than `without`, who is about to leave.

    In six queries at most, however many there are. Index post_newest.
    """
    gone = {without.pk} if without else set()
    admins = admin_ids() - gone
    if len(admins) > 2:  # a post has two hands at most, so one of these may decide it
        return []
    rows = posts.filter(state="in_review").select_related("author__user", "revision").prefetch_related("profiles")
    for pk in admins:
        rows = rows.filter(Q(author=pk) | Q(revision__author=pk))
    waiting = list(rows.order_by("pk"))
    held = (
        held_profiles_by_member("approve", {profile.pk for post in waiting for profile in post.profiles.all()})
        if waiting
        else {}
    )
    return [post for post in waiting if not decider_ids(post, profile_ids_of(post), held) - gone]


def admin_ids() -> set[int]:
    return set(list_admins().values_list("pk", flat=True))


def profile_ids_of(post: Post) -> set[int]:
    return {profile.pk for profile in post.profiles.all()}


def decider_ids(post: Post, profile_ids: set[int], held: dict[int, set[int]]) -> set[int]:
    """Members other than admins, `held` saying who may approve on which profiles."""
    return {pk for pk, profiles in held.items() if profile_ids and profiles >= profile_ids} - writer_ids_of(post)


def grantors_if_undecidable(post: Post) -> list[Member]:
    """Where nobody may decide a post that waits: who could give somebody the right to. In ten queries at most."""
    if post.state != "in_review" or admin_ids() - writer_ids_of(post):
        return []
    ids = profile_ids_of(post)
    return [] if decider_ids(post, ids, held_profiles_by_member("approve", ids)) else approval_grantors(ids)


def approval_grantors(profile_ids: set[int]) -> list[Member]:
    """Who may give somebody the right to approve on all of these: the admins, then those who manage them."""
    admins = list_admins()
    managers = members_holding("manage", profile_ids).filter(
        pk__in=members_holding("approve", profile_ids).values("pk")
    )
    found = {one.pk: one for one in (*admins.order_by("user__name", "pk"), *managers.order_by("user__name", "pk"))}
    return list(found.values())[:MOST_NAMED]
