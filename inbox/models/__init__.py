"""Floor 4: what came in, and what we said to it."""

from inbox.models.contact import Contact
from inbox.models.conversation import Conversation
from inbox.models.message import Message

__all__ = ["Contact", "Conversation", "Message"]
