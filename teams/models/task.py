"""Work that one person gives to another, or to a team, also across teams."""

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q

from foundation.overtaking import mark_of
from foundation.states import Machine
from organizations.tenancy import TenantModel

STANDING_STATES = ("open", "accepted")
NO_DUE = datetime(9999, 12, 31, tzinfo=UTC)


class Task(TenantModel):
    """`assignee` is who does it; a team's task has none until somebody accepts it.

    What it is about stands as a kind and an id, because posts and conversations live on the floors above
    (`teams.member_tasks.task_subjects`); whoever may not see the thing sees the task's own words and nothing else.
    """

    MACHINE = Machine(
        {
            "accept": {"open": "accepted"},
            "hand_over": {"open": "open", "accepted": "open"},
            "finish": {"open": "done", "accepted": "done"},
            "cancel": {"open": "cancelled", "accepted": "cancelled"},
            "reopen": {"done": "open", "cancelled": "open"},
        }
    )

    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    giver = models.ForeignKey("organizations.Member", on_delete=models.SET_NULL, null=True, related_name="tasks_given")
    assignee = models.ForeignKey("organizations.Member", on_delete=models.SET_NULL, null=True, related_name="tasks")
    team = models.ForeignKey("teams.Team", on_delete=models.SET_NULL, null=True, related_name="tasks")
    state = models.CharField(max_length=20, default="open")
    due_at = models.DateTimeField(null=True)  # the instant
    due_zone = models.CharField(max_length=64, blank=True)  # IANA: the clock on which it was meant
    order_at = models.DateTimeField(default=NO_DUE)  # due_at, or the end of time: lists are ordered and paged by it
    remind_at = models.DateTimeField(null=True)  # the next reminder
    about_kind = models.CharField(max_length=20, blank=True)
    about_id = models.BigIntegerField(null=True)
    form_key = models.UUIDField(null=True, unique=True)  # names the form it came from: sent twice, it is one task
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)  # done or cancelled

    class Meta:
        indexes = [
            models.Index(
                fields=["assignee", "order_at", "id"], name="task_mine", condition=Q(state__in=STANDING_STATES)
            ),
            models.Index(
                fields=["team", "order_at", "id"], name="task_of_team", condition=Q(state__in=STANDING_STATES)
            ),
            models.Index(fields=["giver", "order_at", "id"], name="task_given", condition=Q(state__in=STANDING_STATES)),
            models.Index(fields=["organization", "-ended_at", "-id"], name="task_ended", condition=~Q(ended_at=None)),
            models.Index(fields=["organization", "-id"], name="task_newest"),
            models.Index(fields=["remind_at"], name="task_remind", condition=~Q(remind_at=None)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def mark(self) -> str:
        return mark_of(self.state, self.assignee_id, self.team_id)

    @property
    def about(self) -> tuple[str, int] | None:
        return (self.about_kind, self.about_id) if self.about_id is not None else None


class TaskStep(TenantModel):
    """One step in a task's life. Names are kept as text, so that the story outlives the people."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="steps")
    word = models.CharField(max_length=20)  # given accepted handed_over done cancelled reopened commented
    by = models.CharField(max_length=200)
    to = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["task", "id"], name="task_step")]

    def __str__(self) -> str:
        return f"{self.word} by {self.by}"
