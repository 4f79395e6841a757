"""Answering: checked against what came in between, then into the one outbox."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.timezone import now

from foundation.errors import Conflict, Invalid
from foundation.processes import realtime
from foundation.texts.text_comparison import clip_to_line
from foundation.texts.written_text import with_line_feeds
from inbox import reply_limits
from inbox.access import require_conversation_right
from inbox.conversation_counts import SNIPPET_LENGTH
from inbox.models import Conversation, Message
from networks.actions.outgoing import enqueue_outgoing
from networks.contract import Draft, DraftKind
from networks.models import Outgoing
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.models import Member


@transaction.atomic
def reply_to_conversation(actor: Actor, conversation: Conversation, *, text: str, seen: int) -> Message:
    """Sends `text` as the profile's answer to the newest of their messages, by a writer who has seen up to `seen`.

    Of two who answer at once, the second gets a Conflict whose `newer` are the messages since. Also raises
    PermissionDenied and Invalid (text, seen); then nothing is stored.
    """
    require_conversation_right(actor, conversation, "reply")
    text = with_line_feeds(text)
    if wrong := reply_limits.list_reply_problems(conversation.profile.network, text):
        raise Invalid({"text": wrong})
    row = Conversation.objects.select_for_update().select_related("profile").get(pk=conversation.pk)
    require_seen(row, seen)
    at = after_last_message(row, now())
    message = Message.objects.create(
        organization_id=row.organization_id,
        profile=row.profile,
        conversation=row,
        direction="out",
        writer=actor if isinstance(actor, Member) else None,
        text=text,
        sent_at=at,
    )
    message.outgoing = put_reply(row, message, now())
    message.save(update_fields=["outgoing"])
    count_reply(row, message)
    audit.record(actor, "conversation.replied", row, {"message": message.pk})
    realtime.ping(row.organization_id, "inbox", row.pk, profile_id=row.profile_id)
    return message


def require_seen(conversation: Conversation, seen: int) -> None:
    messages = Message.objects.filter(conversation=conversation).order_by("id")
    if not messages.filter(pk=seen).exists():
        raise Invalid({"seen": ["This is not a message of this conversation."]})
    newer = messages.filter(pk__gt=seen)
    if newer.filter(direction="out").exists():
        shown = newer.select_related("outgoing", "writer__user", "contact")
        raise Conflict("Somebody answered while you were writing. Your text is kept.", newer=list(shown))


def after_last_message(conversation: Conversation, at: datetime) -> datetime:
    """`at`, but never before what is answered: the clocks of two machines differ."""
    return max(at, conversation.last_message_at + timedelta(microseconds=1))


def put_reply(conversation: Conversation, message: Message, at: datetime) -> Outgoing:
    theirs = Message.objects.filter(conversation=conversation, direction="in").order_by("-sent_at", "-id").first()
    if theirs is None:
        raise Conflict("There is nothing of theirs to answer here.")
    draft = Draft(kind=DraftKind.REPLY, text=message.text, in_reply_to=theirs.remote_id, thread_id=conversation.root_id)
    return enqueue_outgoing(conversation.profile, draft, key=f"reply:{message.pk}", due_at=at)


def count_reply(conversation: Conversation, message: Message) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(
        message_count=F("message_count") + 1,
        last_message_id=message.pk,
        last_message_at=message.sent_at,
        snippet=clip_to_line(message.text, SNIPPET_LENGTH),
        answered_at=message.sent_at,
        unanswered_since=None,
    )
