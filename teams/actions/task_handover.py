"""Nobody's task is nobody's: what becomes of tasks when a member leaves or a team ends."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import QuerySet

from foundation.states import move
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.models import Member
from organizations.people.member_handover import Handover
from teams.actions.tasks import holder_name, ping_task, store_task_step
from teams.models import Task, Team
from teams.models.task import STANDING_STATES
from teams.notices import notify_task_given


@transaction.atomic
def hand_over_tasks(actor: Actor, handover: Handover) -> None:
    """The leaving member's tasks go to the named person, who also hears of what the member has given to others."""
    taker = handover.taker("tasks")
    Task.objects.filter(giver=handover.member, state__in=STANDING_STATES).update(giver=taker)
    reassign_tasks(actor, Task.objects.filter(assignee=handover.member), lambda _: taker)


@transaction.atomic
def take_back_tasks(actor: Actor, team: Team) -> None:
    """What nobody of an ending team has accepted goes back to whoever gave it, or to whoever ends the team."""
    ends = actor if isinstance(actor, Member) else None
    reassign_tasks(
        actor, Task.objects.filter(team=team, assignee=None), lambda task: present_or_none(task.giver) or ends
    )


def present_or_none(member: Member | None) -> Member | None:
    return member if member is not None and member.left_at is None else None


def reassign_tasks(actor: Actor, tasks: QuerySet[Task], taker: Callable[[Task], Member | None]) -> None:
    rows = tasks.filter(state__in=STANDING_STATES).select_related("giver__user", "assignee__user", "team")
    for task in rows.select_for_update(of=("self",)).order_by("pk"):
        before = holder_name(task)
        move(task, "hand_over", assignee=taker(task), team=None)
        store_task_step(actor, task, "handed_over", to=holder_name(task))
        audit.record(actor, "task.handed_over", task, {"to": [before, holder_name(task)]})
        notify_task_given(actor, task)
        ping_task(task)
