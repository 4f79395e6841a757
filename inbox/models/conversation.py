"""The person outside, the thread with them, and each item in it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q

from inbox.states import CONVERSATION
from organizations.tenancy import TenantModel


class Contact(TenantModel):
    network = models.CharField(max_length=20)
    remote_id = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    handle = models.CharField(max_length=200, blank=True)
    avatar_url = models.URLField(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "network", "remote_id"], name="contact_once")]

    def __str__(self) -> str:
        return self.name


class Conversation(TenantModel):
    MACHINE = CONVERSATION

    profile = models.ForeignKey("networks.Profile", on_delete=models.CASCADE, related_name="conversations")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="conversations")
    about = models.ForeignKey("networks.RemotePost", on_delete=models.SET_NULL, null=True, related_name="conversations")
    kind = models.CharField(max_length=10)  # InboundKind of its first message
    root_id = models.CharField(max_length=200)  # the network's id of its first message
    state = models.CharField(max_length=20, default="open")
    assignee = models.ForeignKey(
        "organizations.Member", on_delete=models.SET_NULL, null=True, related_name="conversations"
    )
    team = models.ForeignKey("teams.Team", on_delete=models.SET_NULL, null=True, related_name="conversations")
    priority = models.PositiveSmallIntegerField(default=0)  # 0 normal, 1 high
    unanswered_since = models.DateTimeField(null=True)  # null: the last word is ours
    last_message_at = models.DateTimeField()
    last_message_id = models.BigIntegerField(null=True)
    message_count = models.PositiveIntegerField(default=0)
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


class Message(TenantModel):
    """One item in a thread. `direction` in: from the person outside; out: from us, through the outbox or elsewhere."""

    profile = models.ForeignKey("networks.Profile", on_delete=models.CASCADE, related_name="messages")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3)
    remote_id = models.CharField(max_length=200, null=True)  # null until the network has given one
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="+")
    writer = models.ForeignKey("organizations.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    outgoing = models.OneToOneField("networks.Outgoing", on_delete=models.SET_NULL, null=True, related_name="message")
    text = models.TextField()
    permalink = models.URLField(max_length=1000, blank=True)
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "remote_id"], name="message_once")]
        indexes = [
            models.Index(fields=["conversation", "id"], name="message_of_conversation"),
            GinIndex(SearchVector("text", config="simple"), name="message_search"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"
