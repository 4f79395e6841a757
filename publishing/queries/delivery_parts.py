"""The parts of deliveries: each a row of the outbox, with the network's copy and what became of deleting that."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from foundation.texts.number_format import format_numbers
from networks.contract import Deletes
from networks.models import Outgoing
from networks.registry import adapter_class
from publishing.models import Delivery

OUTGOING_STATES = ("waiting", "sending", "unknown", "sent", "failed", "cancelled")
DELIVERY_STATES = ("waiting", "sending", "unknown", "sent", "failed", "partly", "cancelled")
ATTENTION_STATES = ("failed", "unknown")  # a thread that stands there needs somebody, so that is what it is called

# Of a delivery whose first part is there: how the first that is not stands. Index outgoing_chain.
_FIRST_UNSENT = Outgoing.objects.filter(chain=OuterRef("outgoing")).exclude(state="sent").order_by("part")
_UNSENT_STATE = Case(When(state__in=ATTENTION_STATES, then=F("state")), default=Value("partly"))
_THREAD_STATE = Coalesce(Subquery(_FIRST_UNSENT.annotate(word=_UNSENT_STATE).values("word")[:1]), Value("sent"))
DELIVERY_STATE = Case(When(outgoing__state="sent", then=_THREAD_STATE), default=F("outgoing__state"))

# When it is tried next while it waits; then the time for which it was planned, for the outbox uses the column itself.
DELIVERY_DUE = Case(When(outgoing__state="waiting", then=F("outgoing__due_at")), default=F("outgoing__planned_at"))


def delivery_state_filter(state: str) -> Q:
    """Deliveries of which the first part stands so, or one that needs somebody. Index outgoing_queue."""
    if state not in ATTENTION_STATES:
        return Q(outgoing__state=state)
    torn = Outgoing.objects.filter(state=state, chain__isnull=False)
    return Q(outgoing__state=state) | Q(outgoing__in=torn.values("chain"))


def with_parts(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """One query more, however many deliveries and parts."""
    later = Outgoing.objects.select_related("remote_post").order_by("part")
    return deliveries.prefetch_related(Prefetch("outgoing__parts", later, to_attr="later_parts"))


def parts_of(delivery: Delivery) -> list[Outgoing]:
    """Of a delivery read `with_parts`, the first first."""
    return [delivery.outgoing, *delivery.outgoing.later_parts]


def first_unsent_part(rows: list[Outgoing]) -> Outgoing:
    """The first that is not there: what can be done concerns this one."""
    return next((row for row in rows if row.state != "sent"), rows[0])


def delivery_state_of(rows: list[Outgoing]) -> str:
    """The same word as STATE says."""
    front = first_unsent_part(rows)
    return front.state if front is rows[0] or front.state in ATTENTION_STATES else "partly"


def attach_part_details(deliveries: Iterable[Delivery]) -> None:
    """Gives each its `parts`, its `front`, and how deleting it stands. One query."""
    deliveries = list(deliveries)
    copies = {}
    for delivery in deliveries:
        delivery.parts = parts_of(delivery)
        delivery.front = first_unsent_part(delivery.parts)
        delivery.there = [row.remote_post for row in delivery.parts if hasattr(row, "remote_post")]
        delivery.permalinks = [copy.permalink for copy in delivery.there]
        copies |= {f"delete:{copy.pk}": copy for copy in delivery.there}
    found = {row.key: row for row in Outgoing.objects.filter(key__in=copies)} if copies else {}
    for key, copy in copies.items():
        copy.deletion = found.get(key)
    for delivery in deliveries:
        delivery.resent = any(row.resends and row.state == "sent" for row in delivery.parts)
        delivery.progress = format_progress(delivery.parts)
        delivery.deleting = [copy.deletion for copy in delivery.there if copy.deletion and not copy.deleted_at]
        delivery.deleted = last_deletion(delivery)
        delivery.deletable = can_be_deleted(delivery)


def format_progress(rows: list[Outgoing]) -> str:
    """2 of 3 where a thread is not wholly there."""
    sent = sum(row.state == "sent" for row in rows)
    return _("%(sent)s of %(all)s") % format_numbers({"sent": sent, "all": len(rows)}) if 0 < sent < len(rows) else ""


def last_deletion(delivery: Delivery) -> tuple[datetime, str] | None:
    """When it was gone for good, and who wanted that; None while some of it is there."""
    gone = [(copy.deleted_at, copy.deleted_by) for copy in delivery.there if copy.deleted_at]
    return max(gone) if gone and len(gone) == len(delivery.there) else None


def can_be_deleted(delivery: Delivery) -> bool:
    if not issubclass(adapter_class(delivery.profile.network), Deletes):
        return False
    if any(row.state in ("sending", "unknown") for row in delivery.parts):
        return False
    left = [copy for copy in delivery.there if not copy.deleted_at]
    return any(copy.deletion is None or copy.deletion.state == "failed" for copy in left) and not any(
        copy.deletion is not None and copy.deletion.state in ("waiting", "sending", "unknown") for copy in left
    )
