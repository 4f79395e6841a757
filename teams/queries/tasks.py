"""Tasks as they are listed: due first, page by page, each with what it is about as the reader may see it."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.database.keyset import page_by_time
from foundation.texts.number_format import format_number
from organizations.auditing.subject_names import Subject, find_subjects
from organizations.models import Member
from organizations.people.member_handover import Handover, Holding
from teams.member_tasks.task_access import tasks_for, team_ids_of
from teams.models import Task, TaskStep
from teams.models.task import STANDING_STATES

TASK_VIEW_NAMES = ("mine", "teams", "given", "done")
TASKS_PER_PAGE = 40


@dataclass(frozen=True, slots=True)
class TaskRow:
    task: Task
    about: Subject | None


@dataclass(frozen=True, slots=True)
class TaskPage:
    rows: list[TaskRow]
    older: str | None  # the key after which the next page begins


def tasks_in_view(member: Member, view: str) -> QuerySet[Task]:
    """What stands in one view. Indexes task_mine, task_of_team, task_given, task_ended."""
    rows = tasks_for(member).select_related("giver__user", "assignee__user", "team")
    if view == "done":
        own = Q(giver=member) | Q(assignee=member) | Q(team__in=team_ids_of(member))
        return rows.filter(own, ended_at__isnull=False)
    return rows.filter(view_condition(member, view), state__in=STANDING_STATES)


def view_condition(member: Member, view: str) -> Q:
    if view == "teams":
        return Q(team__in=team_ids_of(member))
    return Q(giver=member) if view == "given" else Q(assignee=member)


def count_by_view(member: Member) -> dict[str, int]:
    """How many stand in each view but the last, in one query."""
    number = {name: Count("pk", filter=view_condition(member, name), distinct=True) for name in TASK_VIEW_NAMES[:-1]}
    return tasks_for(member).filter(state__in=STANDING_STATES).aggregate(**number)


def list_task_page(member: Member, view: str, *, before: str = "") -> TaskPage:
    """One page in two queries and one for each kind of thing that a task is about."""
    order = ("-ended_at", "-pk") if view == "done" else ("order_at", "pk")
    found, older = page_by_time(tasks_in_view(member, view), order, size=TASKS_PER_PAGE, after=before)
    return TaskPage(with_abouts(member, found), older)


def with_abouts(member: Member, tasks: list[Task]) -> list[TaskRow]:
    known = find_subjects(member, [task.about for task in tasks if task.about])
    return [TaskRow(task, known.get(task.about) if task.about else None) for task in tasks]


def steps_of_task(task: Task) -> QuerySet[TaskStep]:
    return TaskStep.objects.filter(task=task).order_by("pk")


def tasks_waiting_for(members: list[int], teams_of: Member) -> QuerySet[Task]:
    """What these people have to do, and what waits in the teams of one of them until somebody takes it."""
    free = Q(assignee=None, team__in=team_ids_of(teams_of))
    rows = Task.objects.filter(Q(assignee__in=members) | free, state__in=STANDING_STATES)
    return rows.select_related("giver__user", "team").order_by("order_at", "pk")


def task_holdings(handover: Handover) -> list[Holding]:
    """What a leaving member has to do."""
    count = Task.objects.filter(assignee=handover.member, state__in=STANDING_STATES).count()
    label = ngettext("%s task", "%s tasks", count) % format_number(count)
    return [Holding("tasks", count, label, _("%s does them.") % handover.taker("tasks").name, passes=True)]
