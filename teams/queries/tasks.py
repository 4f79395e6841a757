"""Tasks as they are listed: due first, page by page, each with what it is about as the reader may see it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.texts.number_format import format_number
from organizations.auditing.subject_names import Subject, find_subjects
from organizations.models import Member
from organizations.people.member_handover import Handover, Holding
from teams.member_tasks.task_access import tasks_for, team_ids_of
from teams.models import Task, TaskStep
from teams.models.task import STANDING_STATES

TASK_VIEW_NAMES = ("mine", "teams", "given", "done")
TASKS_PER_PAGE = 40
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class TaskRow:
    task: Task
    about: Subject | None


@dataclass(frozen=True, slots=True)
class TaskPage:
    rows: list[TaskRow]
    older: str | None  # the key after which the next page begins


def tasks_in_view(member: Member, view: str) -> QuerySet[Task]:
    """What stands in one view, in its order. Indexes task_mine, task_of_team, task_given, task_ended."""
    rows = tasks_for(member).select_related("giver__user", "assignee__user", "team")
    if view == "done":
        own = Q(giver=member) | Q(assignee=member) | Q(team__in=team_ids_of(member))
        return rows.filter(own, ended_at__isnull=False).order_by("-ended_at", "-pk")
    return rows.filter(view_condition(member, view), state__in=STANDING_STATES).order_by("order_at", "pk")


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
    rows = tasks_in_view(member, view)
    if key := parse_page_key(before):
        at, pk = key
        beyond = Q(ended_at__lt=at) | Q(ended_at=at, pk__lt=pk)
        if view != "done":
            beyond = Q(order_at__gt=at) | Q(order_at=at, pk__gt=pk)
        rows = rows.filter(beyond)
    found = list(rows[: TASKS_PER_PAGE + 1])
    older = format_page_key(found[TASKS_PER_PAGE - 1], view) if len(found) > TASKS_PER_PAGE else None
    return TaskPage(with_abouts(member, found[:TASKS_PER_PAGE]), older)


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


def format_page_key(task: Task, view: str) -> str:
    at = task.ended_at if view == "done" and task.ended_at else task.order_at
    return f"{(at - EPOCH) // MICROSECOND}-{task.pk}"


def parse_page_key(key: str) -> tuple[datetime, int] | None:
    """None for what is no key, so that an altered address shows the first page."""
    moment, _dash, pk = key.partition("-")
    if not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in (moment, pk)):
        return None
    try:
        return EPOCH + int(moment) * MICROSECOND, int(pk)
    except OverflowError:
        return None
