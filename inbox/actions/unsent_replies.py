"""What a person decides about an answer that did not simply leave. The outbox keeps the truth; we follow it."""

from django.db import transaction

from foundation.database.lookups import get_or_not_found
from foundation.errors import NotFound
from foundation.overtaking import Seen, refuse_overtaken
from foundation.processes import realtime
from inbox.access import require_conversation_right
from inbox.conversation_counts import recount_conversation
from inbox.models import Conversation, Message
from networks.actions.outgoing import cancel_outgoing, resolve_outgoing, retry_outgoing
from networks.models import Outgoing
from organizations.actors import Actor
from organizations.auditing import audit


@transaction.atomic
def retry_reply(actor: Actor, conversation: Conversation, message_id: int, *, seen: Seen = None) -> Message:
    """Sends an answer that failed cleanly once more. Raises NotFound, PermissionDenied, Conflict."""
    message, row = lock_reply(actor, conversation, message_id, seen)
    retry_outgoing(actor, row)
    return refresh_conversation(message)


@transaction.atomic
def resolve_reply(
    actor: Actor, conversation: Conversation, message_id: int, *, there: bool, seen: Seen = None
) -> Message:
    """Settles by hand what the network could not tell: it is there, or it is sent again. Raises as above."""
    message, row = lock_reply(actor, conversation, message_id, seen)
    resolve_outgoing(actor, row, there=there)
    return refresh_conversation(message)


@transaction.atomic
def withdraw_reply(actor: Actor, conversation: Conversation, message_id: int, *, seen: Seen = None) -> Message:
    """An answer that has not left will not leave. Raises as above."""
    message, row = lock_reply(actor, conversation, message_id, seen)
    cancel_outgoing(row)
    audit.record(actor, "conversation.reply_withdrawn", message.conversation, {"message": message.pk})
    return refresh_conversation(message)


def lock_reply(actor: Actor, conversation: Conversation, message_id: int, seen: Seen) -> tuple[Message, Outgoing]:
    require_conversation_right(actor, conversation, "reply")
    messages = Message.objects.select_related("outgoing", "conversation")
    message = get_or_not_found(messages.filter(conversation=conversation), message_id)
    if message.outgoing_id is None:
        raise NotFound
    row = Outgoing.objects.select_for_update().get(pk=message.outgoing_id)
    refuse_overtaken(row.mark, seen)
    message.outgoing = row  # as it stands under the lock, so that whoever is answered reads what became of it
    return message, row


def refresh_conversation(message: Message) -> Message:
    row = Conversation.objects.select_for_update().get(pk=message.conversation_id)
    recount_conversation(row)
    realtime.ping(row.organization_id, "inbox", row.pk, profile_id=row.profile_id)
    return message
