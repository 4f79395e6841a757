"""When a member leaves, no task is left to nobody."""

from organizations.actions.leaving import offboard_member
from organizations.models import Notification
from teams.actions.tasks import finish_task
from teams.models import Task, TaskStep


def test_tasks_go_to_the_named_person(cast, give):
    task, done = give(cast.ava, member=cast.ed), give(cast.ava, "Sweep", member=cast.ed)
    finish_task(cast.ed, done)
    given = give(cast.ed, "Taste", member=cast.cole)
    offboard_member(cast.olive, cast.ed, successor=cast.lena, successors={"tasks": cast.priya})
    assert Task.objects.get(pk=task.pk).assignee == cast.priya
    assert Task.objects.get(pk=task.pk).state == "open"
    assert Task.objects.get(pk=done.pk).assignee_id == cast.ed.pk
    assert Task.objects.get(pk=given.pk).giver == cast.priya
    assert TaskStep.objects.filter(task=task, word="handed_over", to="Priya").exists()
    assert Notification.objects.filter(member=cast.priya, kind="task_given").exists()
