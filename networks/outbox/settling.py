"""Writes what became of a try: the row, its Attempt, the RemotePost and the profile's health in one transaction."""

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import now as clock

from foundation.processes import realtime
from foundation.states import IllegalMove, Stale, move
from networks.access import public_permalink
from networks.models import Attempt, Outgoing, Profile, RemotePost
from networks.outbox import chains, circuits, deleting, rate_limits
from networks.outbox.claims import SEND_LEASE
from networks.outbox.outcomes import Outcome, outcome_of_published
from networks.signals import outgoing_held, outgoing_settled, profile_disconnected
from organizations.actors import System
from organizations.auditing import audit
from organizations.tenancy import scope

log = logging.getLogger(__name__)

NOTIFY_BATCH = 100


def settle_row(row: Outgoing, attempt: Attempt, outcome: Outcome) -> bool:
    """False when this worker's claim had been taken away meanwhile: then only the ledger learns what it saw."""
    outcome = add_public_permalink(row, outcome)
    try:
        with transaction.atomic():
            write_outcome(row, outcome)
            close_attempt(attempt, outcome)
    except Stale:
        close_attempt(attempt, outcome)
        return False
    notify_settled(row)
    circuits.update_circuit(row, attempt, outcome, clock())
    return True


def add_public_permalink(row: Outgoing, outcome: Outcome) -> Outcome:
    """With the address at which people can open it."""
    if outcome.published is None:
        return outcome
    permalink = public_permalink(row.profile, outcome.published.remote_id, outcome.published.permalink)
    return outcome_of_published(replace(outcome.published, permalink=permalink))


def write_outcome(row: Outgoing, outcome: Outcome) -> None:
    stamps: dict[str, Any] = {
        "reason": outcome.reason[:500],
        "lease_until": clock() + SEND_LEASE,  # until the floors above have been told
        "looks": outcome.looks,
        "resends": row.resends + outcome.resends,
        "needs_person": outcome.asks_person,
    }
    if outcome.due_at:
        stamps["due_at"] = outcome.due_at
    if outcome.event == "postpone":
        stamps["claim"] = None
    if outcome.event != "keep_looking":
        stamps["doubted"] = False
    if outcome.event in ("confirm", "refuse"):
        stamps["held"] = ""
    if outcome.event == "confirm":
        stamps["sent_at"] = (outcome.published and outcome.published.published_at) or clock()
    # The claim is the fencing token: whoever lost it cannot settle.
    move(row, outcome.event, match={"claim": row.claim}, **stamps)
    if outcome.published:
        link_remote_post(row, outcome.published.remote_id, outcome.published.permalink)
    if outcome.word == "deleted":
        deleting.mark_remote_deleted(row)
    chains.update_parts_behind(row)
    if outcome.disconnects:
        disconnect_profile(row.profile, outcome.reason)
    if outcome.holds_profile and outcome.due_at:
        rate_limits.hold_profile(row.profile, outcome.due_at)


def close_attempt(attempt: Attempt, outcome: Outcome) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(
        finished_at=clock(), outcome=outcome.word, detail=outcome.detail[:1000]
    )


def link_remote_post(row: Outgoing, remote_id: str, permalink: str) -> None:
    """Joins the row to the network's copy, which a poller may have seen first."""
    assert row.sent_at is not None  # the row has just been settled as sent
    copy = RemotePost(
        organization_id=row.organization_id,
        profile_id=row.profile_id,
        outgoing=row,
        kind=row.draft["kind"],
        remote_id=remote_id,
        permalink=permalink,
        text=row.draft["text"],
        published_at=row.sent_at,
    )
    RemotePost.objects.bulk_create(
        [copy], update_conflicts=True, unique_fields=["profile", "remote_id"], update_fields=["outgoing", "permalink"]
    )


def disconnect_profile(profile: Profile, reason: str) -> None:
    """Once per cause: rows that fail for the same reason find it disconnected already."""
    try:
        move(profile, "disconnect", state_reason=reason[:500])
    except (Stale, IllegalMove):
        return
    audit.record(System("outbox"), "profile.disconnected", profile, {"reason": reason})
    realtime.ping(profile.organization_id, "profiles", profile.pk)
    log_receiver_failures(profile_disconnected.send_robust(sender=Profile, profile=profile), f"profile {profile.pk}")


def notify_settled(row: Outgoing) -> None:
    """Tells the floors above, and only then ends the lease: a worker that dies before is stood in for."""
    with transaction.atomic():
        log_receiver_failures(outgoing_settled.send_robust(sender=Outgoing, outgoing=row), f"outgoing {row.pk}")
        realtime.ping(row.organization_id, "outgoing", row.pk, profile_id=row.profile_id)
        if row.lease_until:
            Outgoing.objects.filter(pk=row.pk, lease_until=row.lease_until).update(lease_until=None)


def notify_left_settled(now: datetime) -> None:
    """Tells of what was settled by workers that died before they could. Receivers take it twice without harm."""
    # unscoped: one dispatcher serves every organization; index outgoing_untold
    rows = Outgoing.unscoped.exclude(state="sending").filter(lease_until__lt=now).select_related("profile")
    for row in rows[:NOTIFY_BATCH]:
        with scope(row.organization_id):
            notify_settled(row)


def notify_held(rows: list[Outgoing]) -> None:
    with transaction.atomic():
        log_receiver_failures(outgoing_held.send_robust(sender=Outgoing, rows=rows), f"{len(rows)} held rows")
        for profile_id in {row.profile_id for row in rows}:
            realtime.ping(rows[0].organization_id, "outgoing", profile_id=profile_id)


def log_receiver_failures(answers: list[tuple[Any, Any]], what: str) -> None:
    for receiver, answer in answers:
        if isinstance(answer, Exception):
            log.error("%s: %s failed", what, receiver, exc_info=answer)
