"""Reminding of tasks before they are due: a day, an hour, and at the time itself, each once."""

from datetime import datetime, timedelta

from django.db import transaction

from organizations.tenancy import scope
from teams.models import Task
from teams.models.task import STANDING_STATES
from teams.notices import notify_task_due

REMIND_BEFORE = (timedelta(days=1), timedelta(hours=1), timedelta(0))
REMINDERS_AT_ONCE = 500


def next_reminder(due_at: datetime, after: datetime) -> datetime | None:
    """The first reminder that is still to come. Pure."""
    return min((due_at - ahead for ahead in REMIND_BEFORE if due_at - ahead > after), default=None)


def send_due_reminders(at: datetime) -> int:
    """Tells those whose tasks are near; how many tasks there were. Reminders that were missed are told as one."""
    # unscoped: one reminder serves every organization; index task_remind
    due = Task.unscoped.filter(remind_at__lte=at).order_by("remind_at")[:REMINDERS_AT_ONCE]
    found = list(due.values_list("organization_id", "pk"))
    sent = 0
    for organization_id, pk in found:
        with scope(organization_id):
            sent += send_task_reminder(pk, at)
    return sent


@transaction.atomic
def send_task_reminder(pk: int, at: datetime) -> bool:
    """Once for each reminder: whoever comes second finds the next one in the future."""
    rows = Task.objects.select_related("assignee__user", "assignee__organization", "team")
    task = rows.select_for_update(of=("self",)).filter(pk=pk, remind_at__lte=at, due_at__isnull=False).first()
    if task is None or task.due_at is None:
        return False
    Task.objects.filter(pk=pk).update(remind_at=next_reminder(task.due_at, at))
    if task.state not in STANDING_STATES:
        return False
    notify_task_due(task)
    return True
