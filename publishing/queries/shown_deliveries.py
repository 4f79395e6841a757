"""Deliveries as programs and pages read them: their parts, what is known of each and what happens next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from organizations.actors import Actor
from publishing.access import deliveries_for
from publishing.models import Delivery
from publishing.queries.delivery_outlook import Outlook
from publishing.queries.delivery_parts import DeliveryParts, load_parts
from publishing.queries.queue import build_outlooks


@dataclass(frozen=True, slots=True)
class ShownDelivery(DeliveryParts):
    """`outlook` is None where it has come to an end."""

    outlook: Outlook | None


def meaningful_deliveries(actor: Actor) -> QuerySet[Delivery]:
    """Those that mean something: of the revision that stands, and of earlier ones what has left."""
    rows = deliveries_for(actor).filter(Q(revision=F("post__revision")) | ~Q(outgoing__state="cancelled"))
    return rows.select_related("profile", "revision", "outgoing__remote_post").order_by("pk")


def list_shown_deliveries(deliveries: Iterable[Delivery], now: datetime) -> list[ShownDelivery]:
    """Of deliveries read with their `outgoing__remote_post` and `revision`. Two queries, however many."""
    found = load_parts(deliveries)
    outlooks = outlooks_of(found, now)
    return [ShownDelivery(one.delivery, one.parts, outlooks.get(one.front.pk)) for one in found]


def outlooks_of(deliveries: Sequence[DeliveryParts], now: datetime) -> dict[int, Outlook]:
    """{id of the part at the front: what is known and what happens next}, for those that have not come to an end."""
    return build_outlooks([one.front.pk for one in deliveries], now)
