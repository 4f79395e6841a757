"""What was read long ago goes: notices, and the e-mails that carried them. What nobody has read yet stays.

So do the answers that are kept for repeated calls, and sessions that have ended.
"""

from datetime import datetime, timedelta
from functools import partial

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from foundation.database.purges import purge_in_batches, purge_rows
from organizations.models import IdempotentAnswer, Mail, Notification
from organizations.models.notification import SETTLED_STATES


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
    return purge_in_batches(partial(purge_session_batch, at))


def purge_session_batch(at: datetime, size: int) -> int:
    ended = Session.objects.filter(expire_date__lt=at).order_by("expire_date")
    keys = list(ended.select_for_update(skip_locked=True).values_list("pk", flat=True)[:size])
    UserSession.objects.filter(session_key__in=keys).delete()
    Session.objects.filter(pk__in=keys, expire_date__lt=at).delete()
    return len(keys)
