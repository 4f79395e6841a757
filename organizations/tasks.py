"""What this floor does by itself. Every task may run twice, late or never without harm."""

from celery import shared_task
from django.conf import settings
from django.utils.timezone import now

from organizations.configuration.quota_watch import watch_quotas
from organizations.notifications.digests import collect_due_digests
from organizations.notifications.mails import send_due_mails
from organizations.notifications.retention import purge_ended_sessions, purge_idempotent_answers, purge_read_notices
from organizations.people.invitation_mails import send_due_invitations
from organizations.sign_in.domain_proofs import check_due_domains


@shared_task
def send_mails() -> None:
    """Sends the e-mails that are due."""
    send_due_mails(now())


@shared_task
def collect_digests() -> None:
    """Writes the daily digests whose time has come, then sends what is due."""
    collect_due_digests(now())
    send_due_mails(now())


@shared_task
def send_invitations() -> None:
    """Sends the links that are due."""
    send_due_invitations()


@shared_task
def purge_notices() -> None:
    """Removes what was read longer ago than it is kept."""
    purge_read_notices(now(), days=settings.NOTICE_RETENTION_DAYS)


@shared_task
def check_domains() -> None:
    """Looks whether the records that prove domains are there, and still there."""
    check_due_domains(now())


@shared_task
def purge_old() -> None:
    """Removes answers that nobody repeats a call for any more, and sessions that have ended."""
    purge_idempotent_answers(now(), hours=settings.IDEMPOTENCY_RETENTION_HOURS)
    purge_ended_sessions(now())


@shared_task
def watch_use() -> None:
    """Tells owners whose organization has used most of what it may."""
    watch_quotas(now())
