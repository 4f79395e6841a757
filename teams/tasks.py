"""What this floor does by itself. Every task may run twice, late or never without harm."""

from celery import shared_task
from django.utils.timezone import now

from teams.actions.reminders import send_due_reminders


@shared_task
def remind_due() -> None:
    """Reminds of tasks whose time is near."""
    send_due_reminders(now())
