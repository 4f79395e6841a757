"""What became of an answer: the message learns the network's id, and whether they still wait."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import now

from foundation.processes import realtime
from inbox.actions.conversation_joining import join_conversations
from inbox.conversation_counts import recount_conversation
from inbox.conversation_notices import notify_reply_stuck
from inbox.intake.intake_lock import lock_intake
from inbox.models import Conversation, Message
from networks.models import Outgoing, RemotePost


@transaction.atomic
def settle_reply(outgoing: Outgoing) -> None:
    """Follows a settled outbox row; does nothing when the row is no answer of ours. May run again without harm."""
    if not Message.objects.filter(outgoing=outgoing).exists():
        return
    lock_intake(outgoing.profile_id)
    # read under the lock: an ingest may just have joined its conversation to another
    message = Message.objects.get(outgoing=outgoing)
    conversation = Conversation.objects.select_for_update().get(pk=message.conversation_id)
    copy = RemotePost.objects.filter(outgoing=outgoing).first()
    if copy:
        store_network_copy(message, conversation, copy)
    if outgoing.state == "failed" or (outgoing.state == "unknown" and outgoing.needs_person):
        notify_reply_stuck(message, outgoing.reason)
    recount_conversation(conversation)
    realtime.ping(conversation.organization_id, "inbox", conversation.pk, profile_id=conversation.profile_id)


def store_network_copy(message: Message, conversation: Conversation, copy: RemotePost) -> None:
    delete_echo(message, copy)
    message.remote_id, message.permalink = copy.remote_id, copy.permalink
    message.sent_at = clamp_sent_at(message, copy.published_at)
    message.save(update_fields=["remote_id", "permalink", "sent_at"])
    waiting = Conversation.objects.select_for_update().filter(profile=message.profile_id, root_id=copy.remote_id)
    join_conversations([(one, conversation) for one in waiting.exclude(pk=conversation.pk)])


def clamp_sent_at(message: Message, published_at: datetime) -> datetime:
    """The network's time for it, which is no reason to stand above what it answers, nor to lie ahead."""
    seen = Message.objects.filter(conversation=message.conversation_id, pk__lt=message.pk)
    newest = seen.aggregate(newest=Max("sent_at"))["newest"]
    at = min(published_at, now())
    return max(at, newest + timedelta(microseconds=1)) if newest else at


def delete_echo(message: Message, copy: RemotePost) -> None:
    """The network's copy came in first and passed for a colleague's own message."""
    echoes = Message.objects.filter(profile=message.profile_id, remote_id=copy.remote_id).exclude(pk=message.pk)
    for echo in echoes:
        echo.delete()
        home = Conversation.objects.select_for_update().get(pk=echo.conversation_id)
        if home.pk != message.conversation_id and Message.objects.filter(conversation=home).exists():
            recount_conversation(home)
