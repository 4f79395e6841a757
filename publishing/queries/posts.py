"""Posts to be read: filtered, paged, each with the one word that tells how it stands."""

from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Case, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.timezone import now

from foundation.texts.search import MatchesQuery, Parts, Texts
from networks.models import Held, Outgoing, Profile
from networks.readiness import HOLDS, SOON_WITHIN, held_profile_ids, is_held_by
from organizations.actors import Actor
from publishing.access import posts_for, sees_everything
from publishing.models import Delivery, Post, Revision, Variant
from publishing.queries.delivery_parts import DELIVERY_STATE, delivery_state_filter
from publishing.states import STATE_PRECEDENCE
from teams.access import profiles_for

if TYPE_CHECKING:  # the stubs are there only where types are checked
    from django_stubs_ext import WithAnnotations

    PostWithState = WithAnnotations[Post, "ShownState"]
else:
    PostWithState = Post

STATE_FILTERS = (
    "draft",
    "in_review",
    "approved",
    "scheduled",
    "sent",
    "failed",
    "unknown",
    "held",
    "paused",
    "cancelled",
)
POST_STATES = (*STATE_FILTERS, "partly")  # all that programs may call a post

IS_WAITING = Q(outgoing__state="waiting")


class ShownState(TypedDict):
    shown: str


def shown_state_case() -> Case:
    """A delivery as people see it, by the same words as in the queue: what waits is scheduled, or paused, or held where
    it, its profile or its network cannot go on by itself. One query, for what holds whole profiles at this moment.

    What holds only for a while says nothing of what is planned for later.
    """
    at = now()
    held = held_profile_ids(Profile.objects.all(), at)
    soon = Q(outgoing__planned_at__lt=at + SOON_WITHIN)
    kept = []
    for hold in HOLDS.values():
        if hold.word == Held.CHAIN:
            continue  # a delivery is its first part, which follows none
        ids = held.get(hold.word)
        keeping = is_held_by(hold.word, "profile__", row="outgoing__") if ids is None else Q(profile__in=ids)
        when = IS_WAITING & keeping & (soon if hold.passes else Q())
        kept.append(When(when, then=Value("paused" if hold.word == "paused" else "held")))
    return Case(*kept, When(IS_WAITING, then=Value("scheduled")), default=DELIVERY_STATE)


def with_shown_state(posts: QuerySet[Post], seen: Case) -> QuerySet[PostWithState]:
    """Adds `shown`: the post's own state, or once its way was free what its deliveries say, the most telling first."""
    rank = Func(Value(list(STATE_PRECEDENCE)), F("seen"), function="array_position", output_field=IntegerField())
    rows = Delivery.objects.filter(post=OuterRef("pk")).annotate(seen=seen).order_by(rank).values("seen")[:1]
    free = When(state__in=("scheduled", "cancelled"), then=Coalesce(Subquery(rows), F("state")))
    return posts.annotate(shown=Case(free, default=F("state")))


def posts_shown_as(posts: QuerySet[Post], wanted: str) -> QuerySet[Post]:
    """Only posts that one would look for under that word."""
    rows = Delivery.objects.filter(post=OuterRef("pk"))
    if wanted == "cancelled":
        all_of_it = Exists(rows) & ~Exists(rows.exclude(outgoing__state="cancelled"))
        return posts.filter(Q(state="cancelled") | Q(Q(state="scheduled") & all_of_it))
    if wanted in ("draft", "in_review", "approved"):
        return posts.filter(state=wanted)
    if wanted in ("held", "paused"):
        return posts.filter(Exists(rows.filter(IS_WAITING).annotate(seen=shown_state_case()).filter(seen=wanted)))
    outgoing = {"scheduled": Q(outgoing__state__in=("waiting", "sending")), "partly": Q(word="partly")}
    return posts.filter(
        Exists(rows.annotate(word=DELIVERY_STATE).filter(outgoing.get(wanted, delivery_state_filter(wanted))))
    )


def visible_profiles(actor: Actor) -> QuerySet[Profile]:
    return profiles_for(actor, to="view").order_by("name", "pk")


def list_posts(actor: Actor, *, state: str = "", profile: int | None = None, q: str = "") -> QuerySet[Post]:
    """Newest first, filtered; the caller takes a page by key."""
    posts = posts_for(actor)
    if state:
        posts = posts_shown_as(posts, state)
    if profile:
        posts = posts.filter(Exists(Post.profiles.through.objects.filter(post_id=OuterRef("pk"), profile_id=profile)))
    if q:
        posts = posts.filter(revision__in=revision_ids_matching(q))
    return posts.order_by("-pk")


def revision_ids_matching(q: str) -> QuerySet[Revision, Any]:
    """The ids of the revisions one of whose wordings holds every word of `q`. Indexes revision_parts, variant_parts."""
    common = Revision.objects.filter(MatchesQuery(Parts("text", "first_comment", Texts("parts")), q)).values("pk")
    return common.union(Variant.objects.filter(MatchesQuery(Parts("text", Texts("parts")), q)).values("revision"))


def posts_to_decide(actor: Actor) -> QuerySet[Post]:
    """Posts in review that `actor` may decide: the approve right on every profile, and not one's own words."""
    posts = (
        Post.objects.filter(state="in_review")
        .exclude(author=member_id_of(actor))
        .exclude(revision__author=member_id_of(actor))
    )
    if not sees_everything(actor):
        may = profiles_for(actor, to="approve").values("pk")
        through = Post.profiles.through.objects.filter(post_id=OuterRef("pk"))
        posts = posts.filter(Exists(through), ~Exists(through.exclude(profile__in=may)))
    return posts.order_by(F("planned_at").asc(nulls_last=True), "pk")


def member_id_of(actor: Actor) -> int:
    return getattr(actor, "pk", 0)


def remote_reference(row: Outgoing) -> tuple[str | None, str | None]:
    """The network's id of it and its address, where it is known to be there."""
    remote = getattr(row, "remote_post", None)
    return (remote.remote_id, remote.permalink or None) if remote else (None, None)
