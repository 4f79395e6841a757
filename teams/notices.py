"""What this floor tells members, and whom."""

from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from networks.models import Profile
from organizations.actors import Actor, label
from organizations.kinds import register
from organizations.models import Member, Organization, Role
from organizations.notifications import notify
from teams.models import Task, Team
from teams.queries.holders import who_may

SINGLE = ("bell", "email")


def register_kinds() -> None:
    register("task_given", gettext_lazy("A task is given to me"), "list-todo", *SINGLE)
    register("task_given_team", gettext_lazy("A task is given to a team of mine"), "users")
    register("task_due", gettext_lazy("A task of mine is due soon"), "alarm-clock", *SINGLE)
    register("task_done", gettext_lazy("A task that I gave is done"), "circle-check")
    register("profile_disconnected", gettext_lazy("A profile must be connected again"), "unplug", *SINGLE)


def tell_given(actor: Actor, task: Task, *, note: str = "") -> None:
    """To the person, or to everybody of the team; nobody is told of what they did themselves."""
    who = {"name": label(actor).name, "title": task.title}
    common = {"url": address(task), "about": note or task.text}
    if task.assignee:
        title = _("%(name)s gave you a task: %(title)s") % who
        notify(others([task.assignee], actor), f"task-{task.pk}-given", kind="task_given", title=title, **common)
    elif task.team:
        title = _("%(name)s gave %(team)s a task: %(title)s") % {**who, "team": task.team.name}
        people = others(members_of(task.team), actor)
        notify(people, f"task-{task.pk}-given", kind="task_given_team", title=title, **common)


def tell_done(actor: Actor, task: Task) -> None:
    if task.giver:
        title = _("%(name)s has done: %(title)s") % {"name": label(actor).name, "title": task.title}
        notify(others([task.giver], actor), f"task-{task.pk}-done", kind="task_done", title=title, url=address(task))


def tell_due(task: Task) -> None:
    """To whoever does it; while nobody has accepted a team's task, to all of the team."""
    assert task.due_at is not None
    due = f"{format_date(task.due_at.astimezone(ZoneInfo(task.due_zone or 'UTC')), 'D j M, H:i')} {task.due_zone}"
    people = [task.assignee] if task.assignee else members_of(task.team) if task.team else []
    title = _("Due %(due)s: %(title)s") % {"due": due, "title": task.title}
    notify(people, f"task-{task.pk}-due", kind="task_due", title=title, url=address(task), about=task.text)


def tell_disconnected(profile: Profile) -> None:
    """To those who can see to it: whoever manages the profile, and the admins."""
    slug = Organization.objects.values_list("slug", flat=True).get(pk=profile.organization_id)
    people = Member.objects.select_related("user", "organization")
    managers = people.filter(
        Q(role__in=(Role.OWNER, Role.ADMIN)) | Q(pk__in=who_may("manage", [profile.pk]).values("pk"))
    )
    notify(
        managers,
        f"profile-{profile.pk}-disconnected",
        kind="profile_disconnected",
        title=_("%(name)s must be connected again: nothing leaves until then") % {"name": profile.name},
        url=reverse("profiles:profile", args=[slug, profile.pk]),
        about=profile.state_reason,
    )


def causes(task: Task) -> tuple[str, str]:
    """What called for work on it."""
    return f"task-{task.pk}-given", f"task-{task.pk}-due"


def members_of(team: Team) -> QuerySet[Member]:
    return Member.objects.filter(team_memberships__team=team).select_related("user", "organization")


def others(people: "list[Member] | QuerySet[Member]", actor: Actor) -> list[Member]:
    return [one for one in people if one.pk != getattr(actor, "pk", None)]


def address(task: Task) -> str:
    slug = Organization.objects.values_list("slug", flat=True).get(pk=task.organization_id)
    return reverse("tasks:task", args=[slug, task.pk])
