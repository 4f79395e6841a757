"""Posts as programs and pages read them: how each stands, its profiles and its deliveries, as far as one may view."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import F, Prefetch, QuerySet

from networks.models import Profile
from organizations.actors import Actor
from publishing.models import Attachment, Post, Variant
from publishing.queries.posts import PostWithState, shown_state_case, visible_profiles, with_shown_state
from publishing.queries.shown_deliveries import ShownDelivery, list_shown_deliveries, meaningful_deliveries

AnyPost = TypeVar("AnyPost", bound=Post)


@dataclass(frozen=True, slots=True)
class ListedPost:
    """A post in a list: in which state people see it, and those of its profiles that the reader may view."""

    post: Post
    state: str
    profiles: Sequence[Profile]

    @property
    def state_filter(self) -> str:
        """One of POST_STATES, under which it is found: what has become of it, unless somebody has called it off.

        What is leaving at this moment is still called scheduled, as whoever looks for it finds it: one need not be
        quick.
        """
        if self.post.state == "cancelled":
            return "cancelled"
        return "scheduled" if self.state == "sending" else self.state


@dataclass(frozen=True, slots=True)
class ShownPost(ListedPost):
    deliveries: Sequence[ShownDelivery]


def rows_to_show(posts: QuerySet[Post]) -> QuerySet[PostWithState]:
    """With what `list_posts_with_profiles` and `list_shown_posts` need of each; take a page of them."""
    return with_content(with_shown_state(posts, shown_state_case()))


def with_content(posts: QuerySet[AnyPost]) -> QuerySet[AnyPost]:
    """With their words, files and writers."""
    return posts.select_related("revision__author__user", "author__user").prefetch_related(
        Prefetch("revision__variants", Variant.objects.all()),
        Prefetch("revision__attachments", Attachment.objects.select_related("asset")),
    )


def list_posts_with_profiles(rows: Sequence[PostWithState], actor: Actor) -> list[ListedPost]:
    """One query, however many."""
    profiles = visible_profiles_by_post(rows, actor)
    return [ListedPost(row, row.shown, profiles[row.pk]) for row in rows]


def list_shown_posts(rows: Sequence[PostWithState], actor: Actor, now: datetime) -> list[ShownPost]:
    """Four queries, however many."""
    profiles = visible_profiles_by_post(rows, actor)
    deliveries: dict[int, list[ShownDelivery]] = {row.pk: [] for row in rows}
    found = meaningful_deliveries(actor).filter(post__in=deliveries)
    for one in list_shown_deliveries(found if deliveries else (), now):
        deliveries[one.delivery.post_id].append(one)
    return [ShownPost(row, row.shown, profiles[row.pk], deliveries[row.pk]) for row in rows]


def visible_profiles_by_post(posts: Sequence[Post], actor: Actor) -> dict[int, list[Profile]]:
    """{id of a post: those of its profiles that the actor may view}, in one query."""
    found: dict[int, list[Profile]] = {post.pk: [] for post in posts}
    rows = visible_profiles(actor).filter(posts__in=found).annotate(of_post=F("posts"))
    for profile in rows if found else ():
        found[profile.of_post].append(profile)
    return found
