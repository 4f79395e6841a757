"""Who may decide what waits for approval: whoever may approve on all of its profiles, never their own words."""

from django.db.models import Q, QuerySet

from organizations.models import Member, Role
from publishing.models import Post
from teams.queries.holders import holders, who_may

ADMINS = (Role.OWNER, Role.ADMIN)
NAMED = 5  # people named as able to give the right; beyond that a name more helps nobody


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
