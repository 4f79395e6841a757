"""The attempt ledger of a delivery, told in sentences. Pure but for the one query."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.utils.translation import ngettext

from foundation.texts.number_format import format_number, format_numbers
from networks.models import Attempt, Outgoing
from networks.registry import adapter_class
from publishing.media.file_kinds import format_file_counts
from publishing.models import Delivery
from publishing.queries.delivery_parts import DeliveryParts

HASH_LENGTH = 8  # characters of the fingerprint: enough to see whether two tries sent the same


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened: when, what it means as a state, in words, and what the network said."""

    at: datetime
    state: str
    text: str
    detail: str = ""
    icon: str = ""  # instead of the state's own
    aside: str = ""  # by which worker, with which text


Sentences = dict[str, tuple[str, Any]]  # {outcome: (state, sentence, which is translated later)}

SENDING_SENTENCES: Sentences = {  # outcome of a sending: (state, sentence)
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
UPLOAD_SENTENCES: Sentences = {  # or as in SENT
    "uploaded": ("", later("%(network)s holds the files after %(took)s.")),
    "processing": ("waiting", later("%(network)s is still working on the files (%(took)s).")),
}
LOOKUP_SENTENCES: Sentences = {
    "sent": ("sent", later("Looked on the profile (%(took)s): found, and linked.")),
    "not found": ("unknown", later("Looked on the profile (%(took)s): not there, or not yet.")),
    "could not look": ("unknown", later("The profile could not be looked at (%(took)s).")),
    "needs a person": ("unknown", later("Looked on the profile (%(took)s): only a person can tell.")),
}
DECISION_SENTENCES: Sentences = {
    "it is there": ("sent", later("%(who)s said that it is there.")),
    "send again": ("waiting", later("%(who)s said that it is not there; it is sent again.")),
}


def delivery_histories(deliveries: Iterable[DeliveryParts]) -> dict[int, list[HistoryLine]]:
    """{delivery id: what happened, oldest first}, in one query."""
    parts = {row.pk: (one.delivery, row) for one in deliveries for row in one.parts}
    attempts: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in Attempt.objects.filter(outgoing__in=parts).order_by("pk"):
        attempts[attempt.outgoing_id].append(attempt)
    lines: dict[int, list[HistoryLine]] = defaultdict(list)
    for pk, (delivery, row) in parts.items():
        lines[delivery.pk] += delivery_history(delivery, row, attempts[pk]) if attempts[pk] else ()
    return lines


def delivery_history(delivery: Delivery, row: Outgoing, attempts: list[Attempt]) -> Iterator[HistoryLine]:
    """Its time, then each try; what only repeats itself is told once, with how often and until when."""
    network = adapter_class(delivery.profile.network).label
    if row.part == 1 and row.planned_at <= attempts[0].started_at:
        yield HistoryLine(row.planned_at, "", _("Its time came."), icon="calendar-clock")
    lost = False  # it was looked for in vain, and nothing was sent since
    for _same, group in groupby(attempts, key=attempt_repeat_key):
        first, *again = group
        yield from attempt_lines(first, row, network, once_more=lost)
        lost = is_resend_next(first, lost)
        if len(again) > 1:
            many = ngettext("The same %s more time.", "The same %s more times.", len(again)) % format_number(len(again))
            yield HistoryLine(again[-1].started_at, "", f"{many} {_('This was the last.')}", icon="repeat")
        elif again:
            yield from attempt_lines(again[0], row, network)


def attempt_repeat_key(attempt: Attempt) -> tuple[str, str, str, str]:
    return attempt.kind, attempt.outcome, attempt.detail, attempt.draft_hash


def is_resend_next(attempt: Attempt, before: bool) -> bool:
    """Whether what is sent next is sent once more, and nobody but our own look said that it is not there."""
    if attempt.kind == "look":
        return before or attempt.outcome == "not found"
    return before and attempt.kind == "upload"


def attempt_lines(attempt: Attempt, row: Outgoing, network: str, *, once_more: bool = False) -> Iterator[HistoryLine]:
    words = {"network": network, "who": attempt.worker, "took": ""}
    if attempt.finished_at:
        words["took"] = format_elapsed(attempt.finished_at - attempt.started_at)
    if attempt.kind == "person":
        yield build_history_line(attempt, attempt.started_at, DECISION_SENTENCES, words, icon="user")
    elif attempt.kind == "look":
        yield lookup_line(attempt, words)
    else:
        yield sending_line(attempt, row, network, once_more=once_more)
        if attempt.finished_at:
            yield build_history_line(attempt, attempt.finished_at, {**SENDING_SENTENCES, **UPLOAD_SENTENCES}, words)


def build_history_line(
    attempt: Attempt, at: datetime, sentences: Sentences, words: dict[str, str], *, icon: str = "", aside: str = ""
) -> HistoryLine:
    if attempt.outcome not in sentences:
        return HistoryLine(at, "unknown", attempt.outcome, attempt.detail, icon, aside)
    state, sentence = sentences[attempt.outcome]
    return HistoryLine(at, state, str(sentence) % words, attempt.detail, icon, aside)


def lookup_line(attempt: Attempt, words: dict[str, str]) -> HistoryLine:
    if attempt.finished_at is None:
        return HistoryLine(attempt.started_at, "sending", _("Looking on the profile."), aside=worker_label(attempt))
    return build_history_line(attempt, attempt.started_at, LOOKUP_SENTENCES, words, aside=worker_label(attempt))


def sending_line(attempt: Attempt, row: Outgoing, network: str, *, once_more: bool) -> HistoryLine:
    text = _("Sent to %s") % network
    if attempt.kind == "upload":
        text = _("Files on their way to %s") % network
    elif once_more:
        text = _("Sent once more, for it was not found; look whether it is there once")
    elif row.part > 1:
        text = _("Part %(part)s sent to %(network)s") % format_numbers({"part": row.part, "network": network})
    elif attempt.started_at == row.first_tried_at and attempt.started_at >= row.planned_at:
        text = _("Sent to %(network)s, %(late)s after its time") % {
            "network": network,
            "late": format_elapsed(attempt.started_at - row.planned_at),
        }
    state, icon = ("", "send") if attempt.finished_at else ("sending", "")
    words = {"worker": worker_label(attempt), "hash": attempt.draft_hash[:HASH_LENGTH]}
    files = format_file_counts(one["kind"] for one in row.draft.get("media", ()))
    aside = ", ".join(filter(None, [_("%(worker)s, text %(hash)s") % words, files]))
    return HistoryLine(attempt.started_at, state, f"{text} …", icon=icon, aside=aside)


def worker_label(attempt: Attempt) -> str:
    """The machine alone: which of its processes it was is in the database."""
    return _("by the server %s") % attempt.worker.partition(":")[0]


def format_elapsed(lasted: timedelta) -> str:
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
