"""Closing what is done with, and taking it up again."""

from django.db import transaction

from inbox.access import require
from inbox.models import Conversation
from organizations import audit
from organizations.actors import Actor
from socialops.lib import realtime
from socialops.lib.states import move


@transaction.atomic
def close_conversation(actor: Actor, conversation: Conversation) -> Conversation:
    """Nothing more is to be done; the next message from outside opens it again. Raises Conflict when it is closed."""
    return turn(actor, conversation, "close", "conversation.closed")


@transaction.atomic
def reopen_conversation(actor: Actor, conversation: Conversation) -> Conversation:
    """Takes a closed conversation up again. Raises Conflict when it is open."""
    return turn(actor, conversation, "reopen", "conversation.reopened")


def turn(actor: Actor, conversation: Conversation, event: str, verb: str) -> Conversation:
    require(actor, conversation, "close")
    before = conversation.state
    move(conversation, event)
    audit.record(actor, verb, conversation, {"state": [before, conversation.state]})
    realtime.ping(conversation.organization_id, "inbox", conversation.pk, profile_id=conversation.profile_id)
    return conversation
