"""Deliveries as the page of their post shows them: also what happened, and what became of deleting the copies."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from networks.contract import Deletes
from networks.models import Outgoing, RemotePost
from networks.registry import adapter_class
from publishing.models import Delivery
from publishing.queries.delivery_history import HistoryLine, delivery_histories
from publishing.queries.delivery_parts import DeliveryParts, load_parts
from publishing.queries.shown_deliveries import ShownDelivery, outlooks_of


@dataclass(frozen=True, slots=True)
class NetworkCopy:
    """What stands on the network, and the row that deletes it, where somebody asked for that."""

    post: RemotePost
    deletion: Outgoing | None

    def is_deletion(self, *states: str) -> bool:
        return self.deletion is not None and self.deletion.state in states


@dataclass(frozen=True, slots=True)
class DeliveryCard(ShownDelivery):
    state_shown: str  # as people see it
    copies: Sequence[NetworkCopy]
    story: Sequence[HistoryLine]
    mine: bool  # whether the reader may decide about it

    @property
    def permalinks(self) -> list[str]:
        return [copy.post.permalink for copy in self.copies]

    @property
    def deleting(self) -> list[Outgoing]:
        return [copy.deletion for copy in self.copies if copy.deletion and not copy.post.deleted_at]

    @property
    def deleted(self) -> tuple[datetime, str] | None:
        """When it was gone for good, and who wanted that; None while some of it is there."""
        gone = [(copy.post.deleted_at, copy.post.deleted_by) for copy in self.copies if copy.post.deleted_at]
        return max(gone) if gone and len(gone) == len(self.copies) else None

    @property
    def deletable(self) -> bool:
        if not issubclass(adapter_class(self.delivery.profile.network), Deletes):
            return False
        if any(row.state in ("sending", "unknown") for row in self.parts):
            return False
        left = [copy for copy in self.copies if not copy.post.deleted_at]
        return any(copy.deletion is None or copy.is_deletion("failed") for copy in left) and not any(
            copy.is_deletion("waiting", "sending", "unknown") for copy in left
        )


def build_delivery_cards(
    deliveries: Mapping[Delivery, str], publishable: Iterable[int], now: datetime
) -> list[DeliveryCard]:
    """Of {delivery read by `meaningful_deliveries`: how people see it}; the reader decides on the `publishable`
    profiles. Four queries at most, however many."""
    found = load_parts(deliveries)
    outlooks, stories, copies = outlooks_of(found, now), delivery_histories(found), copies_by_delivery(found)
    return [
        DeliveryCard(
            one.delivery,
            one.parts,
            outlooks.get(one.front.pk),
            state_shown=deliveries[one.delivery],
            copies=copies[one.delivery.pk],
            story=stories.get(one.delivery.pk, ()),
            mine=one.delivery.profile_id in publishable,
        )
        for one in found
    ]


def copies_by_delivery(deliveries: Sequence[DeliveryParts]) -> dict[int, list[NetworkCopy]]:
    """In one query, and in none where nothing is on a network."""
    posts = {
        one.delivery.pk: [row.remote_post for row in one.parts if hasattr(row, "remote_post")] for one in deliveries
    }
    keys = [deletion_key(post) for there in posts.values() for post in there]
    deletions = {row.key: row for row in Outgoing.objects.filter(key__in=keys)} if keys else {}
    return {pk: [NetworkCopy(post, deletions.get(deletion_key(post))) for post in there] for pk, there in posts.items()}


def deletion_key(post: RemotePost) -> str:
    return f"delete:{post.pk}"
