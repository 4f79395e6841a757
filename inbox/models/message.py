"""One item in a thread."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from foundation.texts.search import Words
from inbox.models.contact import Contact
from inbox.models.conversation import Conversation
from organizations.tenancy import TenantModel


class Message(TenantModel):
    """`direction` in: from the person outside; out: from us, through the outbox or written on the network itself."""

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
    # What became of theirs on the network: since when we know. The text is always as it stands there.
    edited_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)  # again null when it is shown again
    removed_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)  # when the network is asked about it again; null: not any more

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "remote_id"], name="message_once")]
        indexes = [
            models.Index(fields=["conversation", "sent_at", "id"], name="message_of_conversation"),
            models.Index(fields=["profile", "direction", "sent_at"], name="message_of_profile"),  # counted by day
            GinIndex(Words("text"), name="message_words"),
            models.Index(fields=["profile", "look_at"], name="message_to_look_at", condition=~Q(look_at=None)),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def state(self) -> str | None:
        """Where our answer is: what the outbox says of it, so that the two can never disagree. None for theirs."""
        if self.direction == "in":
            return None
        return self.outgoing.state if self.outgoing else "sent"
