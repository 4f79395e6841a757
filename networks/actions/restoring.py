"""An older state of the database came back: by our own command, or behind our back. Whatever may have left since it was
saved is looked for before it leaves (`networks.outbox.doubted_rows`)."""

import logging
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from foundation.processes import realtime
from foundation.states import move_all
from networks.models import Outgoing, Restoration
from networks.models.restoration import Pulse
from networks.notices import notify_restored
from networks.outbox import pulse
from networks.outbox.doubted_rows import DISCONNECTED_REASON, doubted_fields, doubtful_rows, planned_order
from organizations.actions.restoration import settle_restoration

log = logging.getLogger(__name__)

How = Restoration.How
RESTORATION_LOCK = 7_041_776  # advisory lock
BEAT_SLACK = timedelta(minutes=1)  # the beats of a machine that has much to do


def watch_pulse(now: datetime) -> bool:
    """Beats, and sees to it where an older state has come back. False while nothing may leave."""
    state = pulse.read_pulse(now)
    if state is None or state.how:
        if pulse.is_database_loading():
            log.warning("The database is being loaded: nothing leaves until that has ended.")
            return False
        return detect_restoration(now)
    pulse.beat_pulse(now)
    return True


@transaction.atomic
def detect_restoration(now: datetime) -> bool:
    """Of many workers that see it one does it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RESTORATION_LOCK])
    state = pulse.read_pulse(now)
    if state is None:
        Pulse.objects.get_or_create(pk=1, defaults={"beaten_at": now})  # not ours, for nobody knows what became of it
        return False
    if state.how:
        record_restoration(How(state.how), dumped_at=state.beaten_at, now=now)
    return True


@transaction.atomic
def record_restoration(how: Restoration.How, *, dumped_at: datetime, now: datetime, archive: str = "") -> Restoration:
    """Writes down that the state of `dumped_at` came back, and has whatever may have left since looked for.

    After a gap alone nothing else is done: nobody has restored anything, as far as is known.
    """
    gap = how == How.GAP
    restoration = Restoration.objects.create(
        how=how,
        dumped_at=dumped_at,
        noticed_at=now,
        written_before=dumped_at + BEAT_SLACK if gap else now,
        planned_before=now if gap else None,
        archive=archive[:200],
    )
    doubted = doubt_rows(restoration, now)
    log.warning("An older state of the database is here (%s): %d rows are looked for first.", restoration, doubted)
    if not gap:
        settle_restoration(now, dumped_at=dumped_at, archive=archive)
        notify_restored(restoration)
    pulse.restart_pulse(now)
    return restoration


def doubt_rows(restoration: Restoration, now: datetime) -> int:
    rows = doubtful_rows(now).filter(created_at__lt=restoration.written_before)
    if restoration.planned_before:
        rows = rows.filter(planned_at__lte=restoration.planned_before)
    count = move_all(rows, "doubt", **doubted_fields(restoration.pk, now), due_at=planned_order())
    # unscoped: as above
    mine = Outgoing.unscoped.filter(restoration=restoration, state="unknown")
    mine.filter(~Q(profile__state="connected")).update(needs_person=True, reason=DISCONNECTED_REASON)
    for organization_id in mine.values_list("organization_id", flat=True).distinct():
        for topic in ("outgoing", "restored"):
            realtime.ping(organization_id, topic)
    return count


def resume_doubted_looks(profile_id: int, now: datetime) -> None:
    """The profile is connected again: what could not be looked for, and for that alone waits for a person, is."""
    rows = Outgoing.objects.filter(profile=profile_id, state="unknown", doubted=True, needs_person=True)
    rows.update(needs_person=False, due_at=now, reason="The profile is connected again, so it is looked for now.")
