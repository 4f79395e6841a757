"""A task reminds a day, an hour, and at its time: each once, on whoever does it."""

from datetime import timedelta

from django.utils.timezone import now

from organizations.models import Notification
from teams.actions.reminders import next_reminder, send_due_reminders
from teams.actions.tasks import accept_task, finish_task
from teams.models import Task


def test_each_reminder_once(cast, give):
    due = now() + timedelta(days=3)
    give(cast.ava, member=cast.ed, due_at=due)
    assert send_due_reminders(now()) == 0
    for ahead in (timedelta(days=1), timedelta(hours=1), timedelta(0)):
        assert send_due_reminders(due - ahead) == 1
        assert send_due_reminders(due - ahead) == 0
    assert Notification.objects.get(kind="task_due").count == 3
    assert Task.objects.get().remind_at is None


def test_those_that_were_missed_are_one(cast, give):
    due = now() + timedelta(days=3)
    give(cast.ava, member=cast.ed, due_at=due)
    assert send_due_reminders(due + timedelta(days=1)) == 1
    assert send_due_reminders(due + timedelta(days=1)) == 0


def test_it_names_the_clock_on_which_it_was_meant(cast, give):
    due = (now() + timedelta(days=3)).replace(microsecond=0)
    give(cast.ava, member=cast.ed, due_at=due, due_zone="Asia/Tokyo")
    send_due_reminders(due)
    title = Notification.objects.get(kind="task_due").title
    assert title.startswith("Due ")
    assert "Asia/Tokyo: Bake bread" in title


def test_a_teams_task_reminds_all_until_somebody_has_it(cast, give):
    due = now() + timedelta(days=3)
    task = give(cast.ava, team=cast.team, due_at=due)
    send_due_reminders(due - timedelta(days=1))
    assert Notification.objects.filter(kind="task_due").count() == 4
    accept_task(cast.cole, task)
    send_due_reminders(due)
    assert list(Notification.objects.filter(kind="task_due", count=2).values_list("member", flat=True)) == [
        cast.cole.pk
    ]


def test_what_is_done_reminds_nobody(cast, give):
    due = now() + timedelta(days=3)
    finish_task(cast.ed, give(cast.ava, member=cast.ed, due_at=due))
    assert send_due_reminders(due) == 0


def test_only_reminders_to_come():
    at = now()
    assert next_reminder(at + timedelta(minutes=30), at) == at + timedelta(minutes=30)
    assert next_reminder(at - timedelta(minutes=1), at) is None
