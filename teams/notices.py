"""What this floor tells members, and whom."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.texts.dates import format_planned_time
from networks.models import Profile
from organizations.actors import Actor, actor_label
from organizations.models import ADMIN_ROLES, Member
from organizations.notifications.notice_kinds import register_notice_kind
from organizations.notifications.notices import notify, organization_slug
from teams.models import Task, Team
from teams.queries.verb_holders import members_holding

BELL_AND_EMAIL = ("bell", "email")


def register_kinds() -> None:
    register_notice_kind("task_given", gettext_lazy("A task is given to me"), "list-todo", *BELL_AND_EMAIL)
    register_notice_kind("task_given_team", gettext_lazy("A task is given to a team of mine"), "users")
    register_notice_kind("task_due", gettext_lazy("A task of mine is due soon"), "alarm-clock", *BELL_AND_EMAIL)
    register_notice_kind(
        "task_talk", gettext_lazy("Somebody talks about a task of mine"), "message-square", *BELL_AND_EMAIL
    )
    register_notice_kind("task_done", gettext_lazy("A task that I gave is done"), "circle-check")
    register_notice_kind(
        "profile_disconnected", gettext_lazy("A profile must be connected again"), "unplug", *BELL_AND_EMAIL
    )


def notify_task_given(actor: Actor, task: Task, *, note: str = "") -> None:
    """To the person, or to everybody of the team; nobody is told of what they did themselves."""
    who = {"name": actor_label(actor).name, "title": task.title}
    due = [_("Due %s.") % format_due_time(task)] if task.due_at else []
    common = {"url": task_url(task), "about": "\n".join([*due, *filter(None, [note or task.text])])}
    if task.assignee:
        title = _("%(name)s gave you a task: %(title)s") % who
        notify(exclude_actor([task.assignee], actor), f"task-{task.pk}-given", kind="task_given", title=title, **common)
    elif task.team:
        title = _("%(name)s gave %(team)s a task: %(title)s") % {**who, "team": task.team.name}
        people = exclude_actor(members_of_team(task.team), actor)
        notify(people, f"task-{task.pk}-given", kind="task_given_team", title=title, **common)


def notify_task_done(actor: Actor, task: Task) -> None:
    if task.giver:
        title = _("%(name)s has done: %(title)s") % {"name": actor_label(actor).name, "title": task.title}
        notify(
            exclude_actor([task.giver], actor),
            f"task-{task.pk}-done",
            kind="task_done",
            title=title,
            url=task_url(task),
        )


def notify_task_commented(actor: Actor, task: Task, text: str) -> None:
    """To whoever gave it and whoever does it; while nobody has accepted a team's task, to all of the team."""
    people = [one for one in (task.giver, task.assignee) if one]
    if task.team and not task.assignee:
        people += members_of_team(task.team)
    title = _("%(name)s said something about: %(title)s") % {"name": actor_label(actor).name, "title": task.title}
    parties = {one.pk: one for one in exclude_actor(people, actor)}
    notify(parties.values(), f"task-{task.pk}-talk", kind="task_talk", title=title, url=task_url(task), about=text)


def notify_task_due(task: Task) -> None:
    """To whoever does it; while nobody has accepted a team's task, to all of the team."""
    people = [task.assignee] if task.assignee else members_of_team(task.team) if task.team else []
    title = _("Due %(due)s: %(title)s") % {"due": format_due_time(task), "title": task.title}
    notify(people, f"task-{task.pk}-due", kind="task_due", title=title, url=task_url(task), about=task.text)


def format_due_time(task: Task) -> str:
    """On the clock on which it was meant."""
    assert task.due_at is not None
    return format_planned_time(task.due_at, task.due_zone or "UTC")


def notify_disconnected(profile: Profile) -> None:
    """To those who can see to it: whoever manages the profile, and the admins."""
    slug = organization_slug(profile.organization_id)
    people = Member.objects.select_related("user", "organization")
    managers = people.filter(Q(role__in=ADMIN_ROLES) | Q(pk__in=members_holding("manage", [profile.pk]).values("pk")))
    notify(
        managers,
        f"profile-{profile.pk}-disconnected",
        kind="profile_disconnected",
        title=_("%(name)s must be connected again: nothing leaves until then") % {"name": profile.name},
        url=reverse("profiles:profile", args=[slug, profile.pk]),
        about=profile.state_reason,
    )


def task_causes(task: Task) -> tuple[str, str]:
    """What called for work on it."""
    return f"task-{task.pk}-given", f"task-{task.pk}-due"


def members_of_team(team: Team) -> QuerySet[Member]:
    return Member.objects.filter(team_memberships__team=team).select_related("user", "organization")


def exclude_actor(people: "list[Member] | QuerySet[Member]", actor: Actor) -> list[Member]:
    return [one for one in people if one.pk != getattr(actor, "pk", None)]


def task_url(task: Task) -> str:
    slug = organization_slug(task.organization_id)
    return reverse("tasks:task", args=[slug, task.pk])
