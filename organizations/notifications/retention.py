"""What was read long ago goes: notices, and the e-mails that carried them. What nobody has read yet stays.

So do the answers that are kept for repeated calls, and sessions that have ended.

A batch is a short transaction of its own and passes over rows that somebody holds, so that nobody waits for it.
"""

from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from organizations.models import IdempotentAnswer, Mail, Notification
from organizations.models.notification import SETTLED_STATES

BATCH = 500
BATCHES = 40  # of one run; what is left is taken by the next one


def purge_read_notices(at: datetime, *, days: int) -> int:
    """Removes what was read, or settled, more than `days` ago; how many rows. 0 keeps everything."""
    if not days:
        return 0
    before = at - timedelta(days=days)
    # unscoped: one purge serves every organization; indexes notification_read and mail_settled
    notices = Notification.unscoped.filter(read_at__lt=before).order_by("read_at")
    mails = Mail.unscoped.filter(state__in=SETTLED_STATES, created_at__lt=before).order_by("created_at")
    return purge_rows(notices) + purge_rows(mails)


def purge_idempotent_answers(at: datetime, *, hours: int) -> int:
    """Removes what a repeated call of so long ago would have got again; how many rows. Index idempotency_oldest."""
    before = at - timedelta(hours=hours)
    # unscoped: one purge serves every organization
    return purge_rows(IdempotentAnswer.unscoped.filter(created_at__lt=before).order_by("created_at"))


def purge_ended_sessions(at: datetime) -> int:
    """Removes sessions whose time is over, and with them their lines under Devices. Index of expire_date."""
    removed = 0
    for _batch in range(BATCHES):
        found = purge_session_batch(at)
        removed += found
        if found < BATCH:
            break
    return removed


@transaction.atomic
def purge_session_batch(at: datetime) -> int:
    ended = Session.objects.filter(expire_date__lt=at).order_by("expire_date")
    keys = list(ended.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    UserSession.objects.filter(session_key__in=keys).delete()
    Session.objects.filter(pk__in=keys, expire_date__lt=at).delete()
    return len(keys)


def purge_rows(rows: QuerySet[Any]) -> int:
    removed = 0
    for _batch in range(BATCHES):
        found = purge_row_batch(rows)
        removed += found
        if found < BATCH:
            break
    return removed


@transaction.atomic
def purge_row_batch(rows: QuerySet[Any]) -> int:
    held = list(rows.select_for_update(skip_locked=True)[:BATCH].values_list("pk", flat=True))
    rows.filter(pk__in=held).delete()
    return len(held)
