"""The parts of deliveries: each a row of the outbox, with the network's copy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from foundation.texts.number_format import format_numbers
from networks.models import Outgoing
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


@dataclass(frozen=True, slots=True)
class DeliveryParts:
    """A delivery with all that leaves for it."""

    delivery: Delivery
    parts: Sequence[Outgoing]  # the first first

    @property
    def front(self) -> Outgoing:
        """The first that is not there: what can be done concerns this one."""
        return next((row for row in self.parts if row.state != "sent"), self.parts[0])

    @property
    def state(self) -> str:
        """The same word as DELIVERY_STATE says."""
        front = self.front
        return front.state if front is self.parts[0] or front.state in ATTENTION_STATES else "partly"

    @property
    def progress(self) -> str:
        """2 of 3 where a thread is not wholly there."""
        sent, all_of_it = sum(row.state == "sent" for row in self.parts), len(self.parts)
        if not 0 < sent < all_of_it:
            return ""
        return _("%(sent)s of %(all)s") % format_numbers({"sent": sent, "all": all_of_it})

    @property
    def resent(self) -> bool:
        return any(row.resends and row.state == "sent" for row in self.parts)


def load_parts(deliveries: Iterable[Delivery]) -> list[DeliveryParts]:
    """One query, however many deliveries and parts; read the deliveries with their `outgoing`. Index outgoing_chain."""
    deliveries = list(deliveries)
    later: dict[int, list[Outgoing]] = {one.outgoing_id: [] for one in deliveries}
    rows = Outgoing.objects.filter(chain__in=later).select_related("remote_post").order_by("part")
    for row in rows if later else ():
        if row.chain_id:
            later[row.chain_id].append(row)
    return [DeliveryParts(one, (one.outgoing, *later[one.outgoing_id])) for one in deliveries]
