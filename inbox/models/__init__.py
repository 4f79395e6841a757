"""Floor 4: what came in, and what we said to it."""

from inbox.models.conversation import Contact, Conversation, Message

__all__ = ["Contact", "Conversation", "Message"]
