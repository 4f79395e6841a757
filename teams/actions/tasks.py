"""Giving work to a person or a team, and what becomes of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from foundation.database.lookups import get_or_not_found
from foundation.errors import Conflict, Invalid, PermissionDenied
from foundation.overtaking import Seen, refuse_overtaken
from foundation.processes import realtime
from foundation.states import move
from foundation.texts.graphemes import truncate_text
from foundation.texts.names import is_one_line
from foundation.texts.number_format import format_number
from foundation.texts.written_text import checked_note, has_visible_text
from organizations.access import lock_present_member
from organizations.actors import Actor, System, actor_label
from organizations.auditing import audit
from organizations.auditing.subject_names import Reference, find_subjects
from organizations.models import Member, Role
from organizations.notifications.notices import settle_notices
from teams.actions.reminders import next_reminder
from teams.member_tasks.task_access import require_task_right
from teams.models import Task, TaskStep, Team, TeamMember
from teams.models.task import NO_DUE
from teams.notices import notify_task_commented, notify_task_done, notify_task_given, task_causes

LONGEST_TITLE, LONGEST_TEXT, LONGEST_NOTE = 200, 5000, 1000
FURTHEST_DUE = timedelta(days=5 * 366)


@transaction.atomic
def create_task(
    actor: Member,
    *,
    title: str,
    text: str = "",
    member: Member | None = None,
    team: Team | None = None,
    due_at: datetime | None = None,
    due_zone: str = "",
    about: Reference | None = None,
    form_key: UUID | None = None,
) -> Task:
    """Gives work to `member` or to `team`; to oneself when neither is named.

    Raises Invalid (title, text, member, team, due_at, time_zone, about), PermissionDenied for viewers, and Conflict
    when the form named by `form_key` has made a task already.
    """
    if actor.role == Role.VIEWER:
        raise PermissionDenied(_("Viewers look on. Somebody with another role can give work."))
    member = actor if member is None and team is None else member
    validate_task(actor, title, member, team, about)
    task = Task(
        title=title.strip(),
        text=checked_note(text, LONGEST_TEXT, field="text"),
        giver=actor,
        assignee=member,
        team=team,
        state="accepted" if member == actor else "open",  # nobody has to promise themselves anything
        about_kind=about[0] if about else "",
        about_id=about[1] if about else None,
        form_key=form_key,
        **due_columns(actor, due_at, due_zone),
    )
    try:
        with transaction.atomic():
            task.save()
    except IntegrityError:
        raise Conflict(_("This was saved already.")) from None
    store_task_step(actor, task, "given", to=holder_name(task))
    audit.record(actor, "task.given", task, {"to": holder_name(task)})
    notify_task_given(actor, task)
    ping_task(task)
    return task


def validate_task(actor: Actor, title: str, member: Member | None, team: Team | None, about: Reference | None) -> None:
    wrong: dict[str, list[str]] = {}
    if not has_visible_text(title) or len(title.strip()) > LONGEST_TITLE or not is_one_line(title.strip()):
        wrong["title"] = [
            _("Say in 1 to %s characters, on one line, what is to be done.") % format_number(LONGEST_TITLE)
        ]
    if about is not None and about not in find_subjects(actor, [about]):
        wrong["about"] = [_("There is no such thing, or you cannot see it.")]
    if wrong:
        raise Invalid(wrong)
    validate_holder(member, team)


def validate_holder(member: Member | None, team: Team | None) -> None:
    if (member is None) == (team is None):
        raise Invalid({"member": [_("Give it to one person or to one team.")]})
    if member is not None and (
        not lock_present_member(member) or not member.user.is_active or member.role == Role.VIEWER
    ):
        raise Invalid({"member": [_("%s cannot be given work.") % member.name]})


def due_columns(actor: Actor, at: datetime | None, zone: str) -> dict[str, Any]:
    """The columns of a due time; the zone is the actor's own unless named. Raises Invalid (due_at, time_zone)."""
    if zone and zone not in available_timezones():
        raise Invalid({"time_zone": [_("There is no time zone of that name.")]})
    if at is None:
        return {"due_at": None, "due_zone": "", "order_at": NO_DUE, "remind_at": None}
    if at.utcoffset() is None:
        raise Invalid({"due_at": [_("Name the time zone, as in 2030-01-31T09:00:00+01:00.")]})
    if not now() - timedelta(minutes=1) <= at <= now() + FURTHEST_DUE:
        raise Invalid({"due_at": [_("Choose a time that is still to come, in the next five years.")]})
    named = zone or (actor.time_zone if isinstance(actor, Member) else "UTC")
    at = at.astimezone(UTC)
    return {"due_at": at, "due_zone": named, "order_at": at, "remind_at": next_reminder(at, now())}


@transaction.atomic
def accept_task(actor: Member, task: Task, *, seen: Seen = None) -> Task:
    """The actor says that they do it; a team's task is theirs from then on."""
    task = lock_task(task, seen)
    require_task_right(actor, task, "accept")
    move(task, "accept", assignee=actor)
    store_task_step(actor, task, "accepted")
    audit.record(actor, "task.accepted", task)
    ping_task(task)
    return task


@transaction.atomic
def finish_task(actor: Actor, task: Task, *, note: str = "", seen: Seen = None) -> Task:
    """It is done. Raises PermissionDenied, IllegalMove when it is not standing any more."""
    task = end_task(actor, task, "finish", "task.done", note, seen)
    notify_task_done(actor, task)
    return task


@transaction.atomic
def hand_over_task(
    actor: Actor,
    task: Task,
    *,
    member: Member | None = None,
    team: Team | None = None,
    note: str = "",
    seen: Seen = None,
) -> Task:
    """Gives it on to `member` or `team`, who find it open. Raises Invalid (member, note), PermissionDenied."""
    require_task_right(actor, task, "hand_over")
    validate_holder(member, team)  # before the task is locked: whoever off-boards people locks them first, too
    task = lock_task(task, seen)
    require_task_right(actor, task, "hand_over")
    note = checked_note(note, LONGEST_NOTE)
    before = holder_name(task)
    move(task, "hand_over", assignee=member, team=team)
    store_task_step(actor, task, "handed_over", to=holder_name(task), note=note)
    audit.record(actor, "task.handed_over", task, {"to": [before, holder_name(task)]})
    notify_task_given(actor, task, note=note)
    ping_task(task)
    return task


@transaction.atomic
def cancel_task(actor: Actor, task: Task, *, note: str = "", seen: Seen = None) -> Task:
    """It need not be done any more."""
    return end_task(actor, task, "cancel", "task.cancelled", note, seen)


def end_task(actor: Actor, task: Task, event: str, verb: str, note: str, seen: Seen) -> Task:
    """`event` is also the right that it needs, `verb` what the audit log calls it, and after its dot the story."""
    task = lock_task(task, seen)
    require_task_right(actor, task, event)
    note = checked_note(note, LONGEST_NOTE)
    move(task, event, ended_at=now(), remind_at=None)
    store_task_step(actor, task, verb.removeprefix("task."), note=note)
    audit.record(actor, verb, task)
    settle_notices(*task_causes(task))
    ping_task(task)
    return task


@transaction.atomic
def reopen_task(actor: Actor, task: Task, *, seen: Seen = None) -> Task:
    """It is to be done after all."""
    task = lock_task(task, seen)
    require_task_right(actor, task, "reopen")
    remind_at = next_reminder(task.due_at, now()) if task.due_at else None
    move(task, "reopen", ended_at=None, remind_at=remind_at)
    store_task_step(actor, task, "reopened")
    audit.record(actor, "task.reopened", task)
    ping_task(task)
    return task


@transaction.atomic
def comment_task(actor: Actor, task: Task, *, text: str) -> TaskStep:
    """Says something about it, whatever has become of it. Changes nothing of what others decide by.

    Raises Invalid (text), NotFound for who cannot see it.
    """
    task = lock_task(task)
    require_task_right(actor, task, "comment")
    text = checked_note(text, LONGEST_NOTE, field="text")
    if not text:
        raise Invalid({"text": [_("Write something first.")]})
    step = store_task_step(actor, task, "commented", note=text)
    audit.record(actor, "task.commented", task)
    notify_task_commented(actor, task, text)
    ping_task(task)
    return step


def lock_task(task: Task, seen: Seen = None) -> Task:
    """The task as it stands now; until the transaction ends nobody else changes it. Raises NotFound, Overtaken."""
    rows = Task.objects.select_related("giver__user", "assignee__user", "team").select_for_update(of=("self",))
    fresh = get_or_not_found(rows, task.pk)
    refuse_overtaken(fresh.mark, seen)
    return fresh


def holder_name(task: Task) -> str:
    holder = task.assignee or task.team
    return holder.name if holder else ""


def store_task_step(actor: Actor, task: Task, word: str, *, to: str = "", note: str = "") -> TaskStep:
    by = actor.name if isinstance(actor, System) else actor_label(actor).name
    facts = {"word": word, "by": truncate_text(by, 200), "to": truncate_text(to, 200), "note": note}
    return TaskStep.objects.create(task=task, at=now(), **facts)


def ping_task(task: Task) -> None:
    """Only those who may see it (teams.member_tasks.task_access) hear which task it is."""
    people = TeamMember.objects.filter(team=task.team_id).values_list("member_id", flat=True) if task.team_id else ()
    parties = {pk for pk in (task.giver_id, task.assignee_id, *people) if pk}
    realtime.ping(task.organization_id, "tasks", task.pk, member_ids=parties)
