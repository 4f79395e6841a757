"""Threads and first comments: each part is a row of its own that waits for the one before it.

`chain` is the first part, `part` the place, `after` the part before. A part that waits is held, so that nobody may
take it; what becomes of a part says in the same transaction what becomes of those behind it. So a thread goes on at
its first missing part, and never past one whose fate is not known.
"""

import hashlib
import json
from dataclasses import replace
from datetime import datetime

from django.db.models import QuerySet
from django.utils.timezone import now as clock

from networks.contract import PART_BEFORE, Draft
from networks.errors import NotVisible, Refused
from networks.models import Attempt, Held, Outgoing, RemotePost
from networks.outbox.outcomes import Outcome, scale_wait
from networks.worker_hints import wake_dispatcher

PART_WAIT_REASONS = {
    "failed": "It waits for part {part}, which failed.",
    "unknown": "It waits for part {part}: it is not known yet whether that is there.",
}
NOT_SHOWN = "not shown yet"
NOT_SHOWN_WAIT = scale_wait(seconds=5)
NOT_SHOWN_TRIES = 3


def parts_behind(row: Outgoing) -> QuerySet[Outgoing]:
    """The parts that wait for `row`, directly or not; index outgoing_chain."""
    rows = Outgoing.objects.filter(chain=row.chain_id or row.pk, part__gt=row.part)
    return rows.filter(state="waiting", held=Held.CHAIN)


def update_parts_behind(row: Outgoing) -> None:
    """Frees the part behind one that is there, and tells those behind any other what they wait for."""
    if not row.has_part_behind:
        return
    if row.state != "sent":
        reason = PART_WAIT_REASONS.get(row.state, "").format(part=row.part)
        parts_behind(row).exclude(reason=reason).update(reason=reason)
    elif Outgoing.objects.filter(after=row, state="waiting", held=Held.CHAIN).update(held="", due_at=clock()):
        Outgoing.objects.filter(chain=row.chain_id or row.pk, state="waiting").update(reason="")
        wake_dispatcher()


def draft_to_send(row: Outgoing) -> Draft:
    """What is really sent: what was frozen, with the id of the part before it in the place of its symbol.

    Raises Refused where there is nothing (any more) beneath which it could stand.
    """
    draft = row.frozen
    if draft.in_reply_to != PART_BEFORE:
        return draft
    before = RemotePost.objects.filter(outgoing=row.after_id).first() if row.after_id else None
    if before is None or before.deleted_at:
        raise Refused("The part before it is not there, so this cannot stand beneath it.")
    return replace(draft, in_reply_to=before.remote_id)


def hash_draft(row: Outgoing) -> str:
    """Of what is really sent, for the ledger."""
    draft = row.draft
    if draft.get("in_reply_to") == PART_BEFORE:
        try:
            draft = draft_to_send(row).as_json()
        except Refused:
            draft = row.draft  # nothing will be sent
    return hashlib.sha256(json.dumps(draft, sort_keys=True).encode()).hexdigest()


def outcome_of_not_visible(row: Outgoing, error: NotVisible, now: datetime) -> Outcome:
    """A part sent moments ago may not be shown to everybody yet: the next is tried again a few times."""
    tried = Attempt.objects.filter(outgoing=row, outcome=NOT_SHOWN).count()
    if row.after_id is None or tried >= NOT_SHOWN_TRIES:
        return Outcome("refuse", "refused", error.user_message, error.detail)
    return Outcome("postpone", NOT_SHOWN, error.user_message, error.detail, due_at=now + NOT_SHOWN_WAIT)
