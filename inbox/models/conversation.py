"""The thread with somebody outside."""

from django.db import models
from django.db.models import Q

from foundation.overtaking import mark_of
from inbox.models.contact import Contact
from inbox.states import CONVERSATION
from organizations.tenancy import TenantModel


class Conversation(TenantModel):
    """What it counts (`message_count` to `snippet`) is kept by change, by `inbox.conversation_counts`."""

    MACHINE = CONVERSATION

    profile = models.ForeignKey("networks.Profile", on_delete=models.CASCADE, related_name="conversations")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="conversations")
    about = models.ForeignKey("networks.RemotePost", on_delete=models.SET_NULL, null=True, related_name="conversations")
    kind = models.CharField(max_length=10)  # InboundKind of its first message
    root_id = models.CharField(max_length=200)  # the network's id of its first message, which may still be on its way
    state = models.CharField(max_length=20, default="open")
    assignee = models.ForeignKey(
        "organizations.Member", on_delete=models.SET_NULL, null=True, related_name="conversations"
    )
    team = models.ForeignKey("teams.Team", on_delete=models.SET_NULL, null=True, related_name="conversations")
    priority = models.PositiveSmallIntegerField(default=0)  # 0 normal, 1 high
    message_count = models.PositiveIntegerField(default=0)
    unanswered_since = models.DateTimeField(null=True)  # the oldest of theirs since our last answer; null: none
    answered_at = models.DateTimeField(null=True)  # our last answer that has not failed
    last_message_at = models.DateTimeField()
    last_message_id = models.BigIntegerField(null=True)  # the highest: whoever has seen it has seen all
    snippet = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "root_id"], name="conversation_once")]
        indexes = [
            models.Index(fields=["organization", "state", "-last_message_at", "-id"], name="conversation_newest"),
            models.Index(
                fields=["organization", "assignee", "-last_message_at", "-id"],
                name="conversation_mine",
                condition=Q(state="open"),
            ),
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"

    @property
    def mark(self) -> str:
        """Of what people decide about it; what was said in it is another thing (`last_message_id`)."""
        return mark_of(self.state, self.assignee_id, self.team_id)
