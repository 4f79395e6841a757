"""Who may see a task and do what with it.

It is seen by whoever gave it, whoever it is given to, the people of its team, and the admins. Those to whom it is given
accept it; they and its giver finish it and hand it over; its giver (or an admin) cancels and reopens it.
"""

from django.db.models import Q, QuerySet

from foundation.database.lookups import get_or_not_found
from foundation.errors import NotFound, PermissionDenied
from organizations.actors import Actor, System
from teams.models import Task, TeamMember

REFUSALS = {
    "accept": "Only whoever a task is given to can accept it.",
    "finish": "Only whoever a task is given to, or who gave it, can finish it.",
    "hand_over": "Only whoever a task is given to, or who gave it, can hand it over.",
    "cancel": "Only whoever gave a task, or an admin, can cancel it.",
    "comment": "Only whoever can see a task can talk about it.",
    "reopen": "Only whoever gave a task, or who did it, can open it again.",
}


def tasks_for(actor: Actor) -> QuerySet[Task]:
    rows: QuerySet[Task] = Task.objects.all()
    if isinstance(actor, System) or actor.is_admin:
        return rows
    return rows.filter(Q(giver=actor) | Q(assignee=actor) | Q(team__in=team_ids_of(actor)))


def team_ids_of(actor: Actor) -> QuerySet[TeamMember, int]:
    return TeamMember.objects.filter(member=getattr(actor, "pk", 0)).values_list("team_id", flat=True)


def access_task(actor: Actor, pk: int | str, *, to: str = "view") -> Task:
    """One task. Raises NotFound for foreign or invisible ones, PermissionDenied for seen but not allowed."""
    task: Task = get_or_not_found(tasks_for(actor).select_related("giver__user", "assignee__user", "team"), pk)
    require_task_right(actor, task, to)
    return task


def require_task_right(actor: Actor, task: Task, to: str) -> None:
    """The guard of every action; raises NotFound or PermissionDenied."""
    if not tasks_for(actor).filter(pk=task.pk).exists():
        raise NotFound
    if to != "view" and to not in allowed_on_task(actor, task):
        raise PermissionDenied(REFUSALS[to])


def allowed_on_task(actor: Actor, task: Task) -> frozenset[str]:
    """All that the actor's part in it allows; whether the state allows it too is the machine's question."""
    if isinstance(actor, System):
        return frozenset(REFUSALS)
    found: set[str] = {"comment"}  # whoever asks can see it
    if task.giver_id == actor.pk or actor.is_admin:
        found |= {"finish", "hand_over", "cancel", "reopen"}
    if task.assignee_id == actor.pk:
        found |= {"accept", "finish", "hand_over", "reopen"}
    elif task.team_id is not None and TeamMember.objects.filter(team=task.team_id, member=actor).exists():
        found |= {"finish", "hand_over", "reopen"} | ({"accept"} if task.assignee_id is None else set())
    return frozenset(found)
