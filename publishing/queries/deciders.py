"""Who may decide what waits for approval: whoever may approve on all of its profiles, never their own words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from organizations.models import AuditEntry, Member, Role
from publishing.models import Post
from teams.access import roles_that_can
from teams.queries.holders import held_by_users, holders, who_may

ADMINS = (Role.OWNER, Role.ADMIN)
NAMED = 5  # people named as able to give the right; beyond that a name more helps nobody


@dataclass(frozen=True, slots=True)
class Awaited:
    """Whom a post waits for, by name, and since when; `since` is None where the audit log does not say."""

    people: list[str]
    more: int  # who are not named
    admins: bool  # nobody else may decide it
    since: datetime | None


def awaited(posts: Collection[Post]) -> dict[int, Awaited]:
    """Of those of `posts` that are in review; `shown_profiles` need not be all, so the profiles are asked for.

    In five queries, however many there are, and none where nothing waits. Index audit_target.
    """
    rows = [post for post in posts if post.state == "in_review"]
    if not rows:
        return {}
    through = Post.profiles.through.objects.filter(post__in=[post.pk for post in rows])
    profiles: dict[int, set[int]] = {}
    for post_id, profile_id in through.values_list("post_id", "profile_id"):
        profiles.setdefault(post_id, set()).add(profile_id)
    held = held_by_users("approve", set().union(*profiles.values()))
    may = Q(user__in=held, role__in=roles_that_can("approve")) | Q(role__in=ADMINS)
    people = list(Member.objects.filter(may).select_related("user").order_by("user__name", "user__email", "pk"))
    since = asked_since(rows)
    return {post.pk: awaited_by(post, profiles.get(post.pk, set()), people, held, since.get(post.pk)) for post in rows}


def awaited_by(
    post: Post, wanted: set[int], people: list[Member], held: dict[int, set[int]], since: datetime | None
) -> Awaited:
    able = [one for one in people if one.pk not in hands_of(post)]
    named = [one for one in able if not one.is_admin and wanted and held.get(one.user_id, set()) >= wanted]
    found = named or [one for one in able if one.is_admin]
    return Awaited([one.name for one in found[:NAMED]], max(0, len(found) - NAMED), not named, since)


def asked_since(posts: Collection[Post]) -> dict[int, datetime]:
    """When each was sent for approval last."""
    of_them = AuditEntry.objects.filter(target_kind="post", target_id__in=[str(post.pk) for post in posts])
    asked = of_them.filter(verb="post.submitted").values_list("target_id").annotate(Max("at")).order_by()
    return {int(pk): at for pk, at in asked}


def hands_of(post: Post) -> set[int]:
    """Who wrote it, and who wrote the words that stand now."""
    hands = {post.author_id, post.revision.author_id if post.revision else None}
    return {pk for pk in hands if pk}


def undecidable(posts: QuerySet[Post], *, without: Member | None = None) -> list[Post]:
    """Those of `posts` in review that no member may decide, or no other than `without`, who is about to leave.

    In six queries at most, however many there are. Index post_newest.
    """
    gone = {without.pk} if without else set()
    admins = set(Member.objects.filter(role__in=ADMINS).values_list("pk", flat=True)) - gone
    if len(admins) > 2:  # a post has two hands at most, so one of these may decide it
        return []
    rows = posts.filter(state="in_review").select_related("author__user", "revision").prefetch_related("profiles")
    for pk in admins:
        rows = rows.filter(Q(author=pk) | Q(revision__author=pk))
    waiting = list(rows.order_by("pk"))
    held = holders("approve", {profile.pk for post in waiting for profile in post.profiles.all()}) if waiting else {}
    return [post for post in waiting if not deciders(post, held) - gone]


def deciders(post: Post, held: dict[int, set[int]]) -> set[int]:
    """Members other than admins, `held` saying who may approve on which profiles."""
    wanted = {profile.pk for profile in post.profiles.all()}
    return {pk for pk, profiles in held.items() if wanted and profiles >= wanted} - hands_of(post)


def asked_instead(post: Post) -> list[Member]:
    """Where nobody may decide a post that waits: who could give somebody the right to. In eleven queries at most."""
    stuck = undecidable(Post.objects.filter(pk=post.pk)) if post.state == "in_review" else []
    return who_could_let_decide(stuck[0]) if stuck else []


def who_could_let_decide(post: Post) -> list[Member]:
    """Who may give somebody the right to approve on all of its profiles: the admins, then those who manage them."""
    ids = [profile.pk for profile in post.profiles.all()]
    admins = Member.objects.filter(role__in=ADMINS).select_related("user", "organization")
    managers = who_may("manage", ids).filter(pk__in=who_may("approve", ids).values("pk"))
    found = {one.pk: one for one in (*admins.order_by("user__name", "pk"), *managers.order_by("user__name", "pk"))}
    return list(found.values())[:NAMED]
