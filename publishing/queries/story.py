"""The attempt ledger of a delivery, told in sentences. Pure but for the one query."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from networks.models import Attempt
from networks.registry import adapter_class
from publishing.models import Delivery


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: when, what it means as a state, in words, and what the network said."""

    at: datetime
    state: str
    text: str
    detail: str = ""
    icon: str = ""  # instead of the state's own


SENT = {  # outcome of a sending: (state, sentence)
    "sent": ("sent", later("It took it.")),
    "rate limited": ("held", later("Too many at the moment: it asked us to wait.")),
    "not sent": ("waiting", later("It could not be reached, so nothing was sent.")),
    "unknown": ("unknown", later("No clear answer: it may be there.")),
    "disconnected": ("failed", later("It no longer accepts our connection.")),
    "refused": ("failed", later("It refused it.")),
}
LOOKED = {
    "sent": ("sent", later("Found it and linked it.")),
    "not found": ("unknown", later("It is not there (yet).")),
    "could not look": ("unknown", later("The profile could not be looked at just now.")),
    "needs a person": ("unknown", later("This needs a person to look.")),
}
DECIDED = {
    "it is there": ("sent", later("said that it is there.")),
    "send again": ("waiting", later("said that it is not there; it is sent again.")),
}


def stories(deliveries: Iterable[Delivery]) -> dict[int, list[Line]]:
    """{delivery id: what happened, oldest first}, in one query."""
    by_outgoing = {delivery.outgoing_id: delivery for delivery in deliveries}
    lines: dict[int, list[Line]] = defaultdict(list)
    for attempt in Attempt.objects.filter(outgoing__in=by_outgoing).order_by("pk"):
        delivery = by_outgoing[attempt.outgoing_id]
        lines[delivery.pk] += told(attempt, adapter_class(delivery.profile.network).label)
    return lines


def told(attempt: Attempt, network: str) -> list[Line]:
    if attempt.kind == "person":
        state, words = DECIDED.get(attempt.outcome, ("unknown", attempt.outcome))
        return [Line(attempt.started_at, state, f"{attempt.worker} {words}", attempt.detail, icon="user")]
    looking = attempt.kind == "look"
    begun = _("Looked on the profile on %s.") if looking else _("Sent to %s.")
    if attempt.finished_at is None:
        return [Line(attempt.started_at, "sending", begun % network)]
    state, words = (LOOKED if looking else SENT).get(attempt.outcome, ("unknown", attempt.outcome))
    took = (attempt.finished_at - attempt.started_at).total_seconds()
    lasted = _("After %.1f s:") % took
    return [
        Line(attempt.started_at, "", begun % network, icon="search" if looking else "send"),
        Line(attempt.finished_at, state, f"{lasted} {words}", attempt.detail),
    ]
