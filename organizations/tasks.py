"""What this floor does by itself. Every task may run twice, late or never without harm."""

from celery import shared_task
from django.utils.timezone import now

from organizations.digests import collect_due
from organizations.inviting import send_due_invitations
from organizations.mail import send_due


@shared_task
def send_mails() -> None:
    """Sends the e-mails that are due."""
    send_due(now())


@shared_task
def collect_digests() -> None:
    """Writes the daily digests whose time has come, then sends what is due."""
    collect_due(now())
    send_due(now())


@shared_task
def send_invitations() -> None:
    """Sends the links that are due."""
    send_due_invitations()
