"""How conversations and messages look to programs."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from inbox.conversation_filters import CONVERSATION_KINDS, CONVERSATION_STATES
from inbox.models import Conversation, Message
from organizations.rest.serializers import IdField
from organizations.rest.shapes import MomentField, ProblemShape, Shape, TextOrNullField


class ContactShape(Shape):
    """Somebody outside."""

    id = IdField()
    network = serializers.CharField()
    remote_id = serializers.CharField()
    name = serializers.CharField()
    handle = TextOrNullField()
    avatar_url = TextOrNullField()


class AboutShape(Shape):
    """The post on the network beneath which they talk."""

    remote_id = serializers.CharField()
    permalink = TextOrNullField()


class PromiseShape(Shape):
    """Not known yet: both are null."""

    first_response_due = MomentField(allow_null=True)
    breached = serializers.BooleanField(allow_null=True)

    def to_representation(self, row: Conversation) -> dict[str, Any]:
        return {"first_response_due": None, "breached": None}


class ConversationShape(Shape):
    id = IdField()
    kind = serializers.ChoiceField(CONVERSATION_KINDS, help_text="What its first message was.")
    profile = IdField(source="profile_id")
    contact = ContactShape(allow_null=True)
    about = AboutShape(allow_null=True)
    state = serializers.ChoiceField(CONVERSATION_STATES)
    assignee = IdField(source="assignee_id", allow_null=True, help_text="A member.")
    team = IdField(source="team_id", allow_null=True)
    priority = serializers.SerializerMethodField()
    sla = PromiseShape(source="*")
    unanswered_since = MomentField(allow_null=True, help_text="The oldest of theirs since our last answer.")
    last_message_at = MomentField()
    message_count = serializers.IntegerField()
    last_message_id = IdField(allow_null=True, help_text="Give it as `seen` with an answer.")

    @extend_schema_field(serializers.ChoiceField(("normal", "high")))
    def get_priority(self, row: Conversation) -> str:
        return "high" if row.priority else "normal"


class AuthorShape(Shape):
    """Null where the network hides who wrote, or a colleague wrote on the network itself."""

    member = IdField(allow_null=True, help_text="Of ours; else `contact` names them.")
    contact = IdField(allow_null=True)
    name = serializers.CharField()
    handle = serializers.CharField(allow_null=True)

    def to_representation(self, row: Message) -> dict[str, Any] | None:  # type: ignore[override]  # it may be null
        if row.writer:
            return {"member": row.writer_id, "contact": None, "name": row.writer.name, "handle": None}
        if row.contact:
            return {
                "member": None,
                "contact": row.contact_id,
                "name": row.contact.name,
                "handle": row.contact.handle or None,
            }
        return None


class MessageShape(Shape):
    """`state` and `reason` are the outbox's word on an answer of ours; null for what came in.

    The `…_at` of what came in tell since when it is known to be edited, hidden or removed on the network.
    """

    id = IdField()
    remote_id = serializers.CharField(allow_null=True, help_text="Null until the network has given one.")
    direction = serializers.ChoiceField(("in", "out"))
    author = AuthorShape(source="*", allow_null=True)
    text = serializers.CharField()
    sent_at = MomentField()
    permalink = TextOrNullField()
    edited_at = MomentField(allow_null=True)
    hidden_at = MomentField(allow_null=True)
    removed_at = MomentField(allow_null=True)
    state = serializers.CharField(allow_null=True)
    reason = TextOrNullField(source="outgoing.reason")


class AnsweredMeanwhileShape(ProblemShape):
    """A problem, with the messages that the caller had not seen."""

    newer = MessageShape(many=True)
