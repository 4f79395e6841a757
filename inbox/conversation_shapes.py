"""How conversations and messages look to programs."""

from typing import Any

from inbox.models import Contact, Conversation, Message


def conversation_shape(row: Conversation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "profile": row.profile_id,
        "contact": contact_shape(row.contact) if row.contact else None,
        "about": {"remote_id": row.about.remote_id, "permalink": row.about.permalink or None} if row.about else None,
        "state": row.state,
        "assignee": row.assignee_id,
        "team": row.team_id,
        "priority": "high" if row.priority else "normal",
        "sla": {"first_response_due": None, "breached": None},
        "unanswered_since": row.unanswered_since,
        "last_message_at": row.last_message_at,
        "message_count": row.message_count,
        "last_message_id": row.last_message_id,
    }


def contact_shape(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.pk,
        "network": contact.network,
        "remote_id": contact.remote_id,
        "name": contact.name,
        "handle": contact.handle or None,
        "avatar_url": contact.avatar_url or None,
    }


def message_shape(row: Message) -> dict[str, Any]:
    """`state` and `reason` are the outbox's word on an answer of ours; null for what came in.

    The `…_at` of what came in tell since when it is known to be edited, hidden or removed on the network.
    """
    return {
        "id": row.pk,
        "remote_id": row.remote_id,
        "direction": row.direction,
        "author": author_shape(row),
        "text": row.text,
        "sent_at": row.sent_at,
        "permalink": row.permalink or None,
        "edited_at": row.edited_at,
        "hidden_at": row.hidden_at,
        "removed_at": row.removed_at,
        "state": row.state,
        "reason": (row.outgoing and row.outgoing.reason) or None,
    }


def author_shape(row: Message) -> dict[str, Any] | None:
    """Null where the network hides who wrote, or a colleague wrote on the network itself."""
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
