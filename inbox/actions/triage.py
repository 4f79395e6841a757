"""Closing what is done with, and taking it up again."""

from django.db import transaction
from django.utils.translation import gettext as _

from foundation.errors import Conflict
from foundation.overtaking import Seen, refuse_overtaken
from foundation.processes import realtime
from foundation.states import move
from inbox.access import require_conversation_right
from inbox.models import Conversation, Message
from organizations.actors import Actor
from organizations.auditing import audit


@transaction.atomic
def close_conversation(
    actor: Actor, conversation: Conversation, *, seen: Seen = None, read: int | None = None
) -> Conversation:
    """Nothing more is to be done; the next message from outside opens it again. `read` is the last message that the
    actor has read. Raises Conflict when it is closed, or when more came in since.
    """
    return move_conversation(actor, conversation, "close", "conversation.closed", seen, read)


def has_unread(conversation: Conversation, read: int) -> bool:
    """Whether they have written since; what we wrote ourselves waits for nobody."""
    return Message.objects.filter(conversation=conversation, direction="in", pk__gt=read).exists()


@transaction.atomic
def reopen_conversation(actor: Actor, conversation: Conversation, *, seen: Seen = None) -> Conversation:
    """Takes a closed conversation up again. Raises Conflict when it is open."""
    return move_conversation(actor, conversation, "reopen", "conversation.reopened", seen)


def move_conversation(
    actor: Actor, conversation: Conversation, event: str, verb: str, seen: Seen, read: int | None = None
) -> Conversation:
    require_conversation_right(actor, conversation, "close")
    refuse_overtaken(Conversation.objects.select_for_update().get(pk=conversation.pk).mark, seen)
    if read is not None and has_unread(conversation, read):  # what comes in from now on waits, and opens it again
        raise Conflict(_("Something new came in meanwhile. Read it, then close the conversation."))
    before = conversation.state
    move(conversation, event)
    audit.record(actor, verb, conversation, {"state": [before, conversation.state]})
    realtime.ping(conversation.organization_id, "inbox", conversation.pk, profile_id=conversation.profile_id)
    return conversation
