"""One post as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from foundation.database.lookups import get_or_not_found
from networks.models import PROFILE_VERBS
from organizations.models import Member
from publishing.access import posts_for
from publishing.models import Post
from publishing.queries.delivery_cards import DeliveryCard, build_delivery_cards
from publishing.queries.posts import shown_state_case, with_shown_state
from publishing.queries.shown_deliveries import meaningful_deliveries
from publishing.queries.shown_posts import ListedPost, visible_profiles_by_post, with_content
from teams.access import verbs_on

if TYPE_CHECKING:  # the stubs are there only where types are checked
    from django_stubs_ext import WithAnnotations

    PostForPage = WithAnnotations[Post, "PageColumns"]
else:
    PostForPage = Post


class PageColumns(TypedDict):
    shown: str
    profile_ids: list[int]


@dataclass(frozen=True, slots=True)
class PostPage(ListedPost):
    deliveries: Sequence[DeliveryCard]
    verbs: frozenset[str]  # what the reader may do with every profile of the post, seen or not


def load_post_page(member: Member, pk: int, now: datetime) -> PostPage:
    """Raises NotFound where the member may not view it."""
    seen = shown_state_case()
    through = Post.profiles.through.objects.filter(post_id=OuterRef("pk"))
    shown = with_content(with_shown_state(posts_for(member), seen))
    rows = shown.annotate(profile_ids=ArraySubquery(through.values("profile_id")))
    post = cast(PostForPage, get_or_not_found(rows, pk))
    deliveries = list(meaningful_deliveries(member).filter(post=post).annotate(seen=seen))
    for delivery in deliveries:
        delivery.post = post
    # a profile that stood in for another is none of the post's own
    held = verbs_on(member, {*post.profile_ids, *(delivery.profile_id for delivery in deliveries)})
    publishable = {profile for profile, verbs in held.items() if "publish" in verbs}
    return PostPage(
        post,
        post.shown,
        visible_profiles_by_post([post], member)[post.pk],
        build_delivery_cards({delivery: delivery.seen for delivery in deliveries}, publishable, now),
        frozenset(PROFILE_VERBS).intersection(*(held[profile] for profile in post.profile_ids)),
    )
