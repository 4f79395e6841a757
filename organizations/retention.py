"""What was read long ago goes: notices, and the e-mails that carried them. What nobody has read yet stays.

A batch is a short transaction of its own and passes over rows that somebody holds, so that nobody waits for it.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from organizations.models import Mail, Notification
from organizations.models.notification import SETTLED

BATCH = 500
BATCHES = 40  # of one run; what is left is taken by the next one


def purge_read(at: datetime, *, days: int) -> int:
    """Removes what was read, or settled, more than `days` ago; how many rows. 0 keeps everything."""
    if not days:
        return 0
    before = at - timedelta(days=days)
    # unscoped: one purge serves every organization; indexes notification_read and mail_settled
    notices = Notification.unscoped.filter(read_at__lt=before).order_by("read_at")
    mails = Mail.unscoped.filter(state__in=SETTLED, created_at__lt=before).order_by("created_at")
    return purge(notices) + purge(mails)


def purge(rows: QuerySet[Notification] | QuerySet[Mail]) -> int:
    gone = 0
    for _batch in range(BATCHES):
        found = purge_batch(rows)
        gone += found
        if found < BATCH:
            break
    return gone


@transaction.atomic
def purge_batch(rows: QuerySet[Notification] | QuerySet[Mail]) -> int:
    held = list(rows.select_for_update(skip_locked=True)[:BATCH].values_list("pk", flat=True))
    rows.filter(pk__in=held).delete()
    return len(held)
