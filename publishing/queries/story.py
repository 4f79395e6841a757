"""The attempt ledger of a delivery, told in sentences. Pure but for the one query."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.utils.translation import ngettext

from foundation.texts.numbers import spelt_number, spelt_numbers
from networks.models import Attempt, Outgoing
from networks.registry import adapter_class
from publishing.media.file_kinds import counted
from publishing.models import Delivery
from publishing.queries.parts import parts_of

HASH = 8  # characters of the fingerprint: enough to see whether two tries sent the same


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: when, what it means as a state, in words, and what the network said."""

    at: datetime
    state: str
    text: str
    detail: str = ""
    icon: str = ""  # instead of the state's own
    aside: str = ""  # by which worker, with which text


SENT = {  # outcome of a sending: (state, sentence)
    "sent": ("sent", later("%(network)s took it after %(took)s.")),
    "deleted": ("sent", later("%(network)s took it away after %(took)s.")),
    "rate limited": ("held", later("After %(took)s %(network)s said that it is too many, and asked us to wait.")),
    "app refused": ("held", later("After %(took)s %(network)s refused our app, not this: it is tried again.")),
    "not sent": ("waiting", later("%(network)s could not be reached (%(took)s): nothing was sent.")),
    "not shown yet": ("waiting", later("%(network)s does not show the part before it yet (%(took)s).")),
    "again": ("waiting", later("No clear answer after %(took)s. To delete may be repeated.")),
    "given up": ("failed", later("Given up after %(took)s.")),
    "unknown": ("unknown", later("No clear answer after %(took)s: it may be there. We look before it is sent again.")),
    "disconnected": ("failed", later("After %(took)s %(network)s said that it no longer accepts our connection.")),
    "refused": ("failed", later("%(network)s refused it after %(took)s.")),
}
BROUGHT = {  # or as in SENT
    "uploaded": ("", later("%(network)s holds the files after %(took)s.")),
    "processing": ("waiting", later("%(network)s is still working on the files (%(took)s).")),
}
LOOKED = {
    "sent": ("sent", later("Looked on the profile (%(took)s): found, and linked.")),
    "not found": ("unknown", later("Looked on the profile (%(took)s): not there, or not yet.")),
    "could not look": ("unknown", later("The profile could not be looked at (%(took)s).")),
    "needs a person": ("unknown", later("Looked on the profile (%(took)s): only a person can tell.")),
}
DECIDED = {
    "it is there": ("sent", later("%(who)s said that it is there.")),
    "send again": ("waiting", later("%(who)s said that it is not there; it is sent again.")),
}


def stories(deliveries: Iterable[Delivery]) -> dict[int, list[Line]]:
    """{delivery id: what happened, oldest first}, in one query."""
    parts = {row.pk: (delivery, row) for delivery in deliveries for row in parts_of(delivery)}
    attempts: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in Attempt.objects.filter(outgoing__in=parts).order_by("pk"):
        attempts[attempt.outgoing_id].append(attempt)
    lines: dict[int, list[Line]] = defaultdict(list)
    for pk, (delivery, row) in parts.items():
        lines[delivery.pk] += story(delivery, row, attempts[pk]) if attempts[pk] else ()
    return lines


def story(delivery: Delivery, row: Outgoing, attempts: list[Attempt]) -> Iterator[Line]:
    """Its time, then each try; what only repeats itself is told once, with how often and until when."""
    network = adapter_class(delivery.profile.network).label
    if row.part == 1 and row.planned_at <= attempts[0].started_at:
        yield Line(row.planned_at, "", _("Its time came."), icon="calendar-clock")
    lost = False  # it was looked for in vain, and nothing was sent since
    for _same, group in groupby(attempts, key=alike):
        first, *again = group
        yield from told(first, row, network, once_more=lost)
        lost = is_lost(first, lost)
        if len(again) > 1:
            many = ngettext("The same %s more time.", "The same %s more times.", len(again)) % spelt_number(len(again))
            yield Line(again[-1].started_at, "", f"{many} {_('This was the last.')}", icon="repeat")
        elif again:
            yield from told(again[0], row, network)


def alike(attempt: Attempt) -> tuple[str, str, str, str]:
    return attempt.kind, attempt.outcome, attempt.detail, attempt.draft_hash


def is_lost(attempt: Attempt, before: bool) -> bool:
    """Whether what is sent next is sent once more, and nobody but our own look said that it is not there."""
    if attempt.kind == "look":
        return before or attempt.outcome == "not found"
    return before and attempt.kind == "upload"


def told(attempt: Attempt, row: Outgoing, network: str, *, once_more: bool = False) -> Iterator[Line]:
    words = {"network": network, "who": attempt.worker, "took": ""}
    if attempt.finished_at:
        words["took"] = spelt(attempt.finished_at - attempt.started_at)
    if attempt.kind == "person":
        yield line(attempt, attempt.started_at, DECIDED, words, icon="user")
    elif attempt.kind == "look":
        yield looked(attempt, words)
    else:
        yield begun(attempt, row, network, once_more=once_more)
        if attempt.finished_at:
            yield line(attempt, attempt.finished_at, {**SENT, **BROUGHT}, words)


def line(
    attempt: Attempt, at: datetime, sentences: dict, words: dict[str, str], *, icon: str = "", aside: str = ""
) -> Line:
    if attempt.outcome not in sentences:
        return Line(at, "unknown", attempt.outcome, attempt.detail, icon, aside)
    state, sentence = sentences[attempt.outcome]
    return Line(at, state, str(sentence) % words, attempt.detail, icon, aside)


def looked(attempt: Attempt, words: dict[str, str]) -> Line:
    if attempt.finished_at is None:
        return Line(attempt.started_at, "sending", _("Looking on the profile."), aside=worker(attempt))
    return line(attempt, attempt.started_at, LOOKED, words, aside=worker(attempt))


def begun(attempt: Attempt, row: Outgoing, network: str, *, once_more: bool) -> Line:
    text = _("Sent to %s") % network
    if attempt.kind == "upload":
        text = _("Files on their way to %s") % network
    elif once_more:
        text = _("Sent once more, for it was not found; look whether it is there once")
    elif row.part > 1:
        text = _("Part %(part)s sent to %(network)s") % spelt_numbers({"part": row.part, "network": network})
    elif attempt.started_at == row.first_tried_at and attempt.started_at >= row.planned_at:
        text = _("Sent to %(network)s, %(late)s after its time") % {
            "network": network,
            "late": spelt(attempt.started_at - row.planned_at),
        }
    state, icon = ("", "send") if attempt.finished_at else ("sending", "")
    words = {"worker": worker(attempt), "hash": attempt.draft_hash[:HASH]}
    files = counted(one["kind"] for one in row.draft.get("media", ()))
    aside = ", ".join(filter(None, [_("%(worker)s, text %(hash)s") % words, files]))
    return Line(attempt.started_at, state, f"{text} …", icon=icon, aside=aside)


def worker(attempt: Attempt) -> str:
    """The machine alone: which of its processes it was is in the database."""
    return _("by the server %s") % attempt.worker.partition(":")[0]


def spelt(lasted: timedelta) -> str:
    """312 ms; 30.0 s; 4 min; 2 h 5 min: milliseconds where they matter."""
    seconds = lasted.total_seconds()
    if seconds < 1:
        return _("%d ms") % round(seconds * 1000)
    if seconds < 60:
        return _("%.1f s") % seconds
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("%d min") % minutes
    return _("%(hours)d h %(minutes)d min") % {"hours": minutes // 60, "minutes": minutes % 60}
