"""What a conversation says of its messages, kept by change. Pure, but for those that ask the database.

An answer of ours answers all that was there when it was written, told by ids; one that was written on the network
itself, all that the network's clock puts before it. Two clocks are never compared. The caller holds the row.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Subquery

from foundation.texts.text_comparison import clip_to_line
from inbox.models import Conversation, Message

COUNTED_FIELDS = ("message_count", "unanswered_since", "answered_at", "last_message_at", "last_message_id", "snippet")
SNIPPET_LENGTH = 200
UNSENT_STATES = ("failed", "cancelled")  # an answer in one of these states was none


def count_messages(conversation: Conversation, messages: Sequence[Message]) -> None:
    """New messages, which have their ids and need not be stored yet."""
    newest = max(messages, key=lambda one: (one.sent_at, one.pk))
    if conversation.message_count == 0 or newest.sent_at >= conversation.last_message_at:
        conversation.last_message_at, conversation.snippet = newest.sent_at, clip_to_line(newest.text, SNIPPET_LENGTH)
    conversation.message_count += len(messages)
    conversation.last_message_id = max(conversation.last_message_id or 0, *(one.pk for one in messages))
    answers = [one.sent_at for one in messages if one.direction == "out"]
    conversation.answered_at = latest_moment(conversation.answered_at, *answers)
    elsewhere = latest_moment(getattr(conversation, "elsewhere", None), *answers)
    asked = (one.sent_at for one in messages if one.direction == "in")
    note_waiting(conversation, *(at for at in asked if elsewhere is None or at > elsewhere))


def merge_counts(ended: Conversation, kept: Conversation) -> None:
    """All that was counted in one conversation, into another."""
    if ended.last_message_at > kept.last_message_at:
        kept.last_message_at, kept.snippet = ended.last_message_at, ended.snippet
    kept.message_count += ended.message_count
    kept.last_message_id = max(kept.last_message_id or 0, ended.last_message_id or 0) or None
    kept.answered_at = latest_moment(kept.answered_at, ended.answered_at)
    kept.about, kept.contact = kept.about or ended.about, kept.contact or ended.contact
    note_waiting(kept, ended.unanswered_since)


def note_waiting(conversation: Conversation, *asked: datetime | None) -> None:
    """Some more wait. Where an answer came with them, `recount_waiting` has the last word."""
    open_ = [at for at in (conversation.unanswered_since, *asked) if at]
    conversation.unanswered_since = min(open_, default=None)


def annotate_elsewhere(conversations: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """With `elsewhere`: when the last answer was written on the network itself, by its clock. Index as a thread's."""
    written = Message.objects.filter(conversation=OuterRef("pk"), direction="out", outgoing=None)
    return conversations.annotate(elsewhere=Subquery(written.order_by("-sent_at").values("sent_at")[:1]))


def unanswered_messages() -> QuerySet[Message]:
    """Theirs that nothing of ours answers, as far as it still stands on the network."""
    ours = Message.objects.filter(conversation=OuterRef("conversation"), direction="out")
    before = Q(outgoing=None, sent_at__gte=OuterRef("sent_at"))
    seen = Q(outgoing__isnull=False, pk__gt=OuterRef("pk")) & ~Q(outgoing__state__in=UNSENT_STATES)
    inbound = Message.objects.filter(direction="in", hidden_at=None, removed_at=None)
    return inbound.filter(~Exists(ours.filter(before | seen)))


def latest_moment(*moments: datetime | None) -> datetime | None:
    return max((at for at in moments if at), default=None)


def recount_waiting(conversations: Iterable[Conversation]) -> None:
    """Who still waits, where an answer came into the middle of a thread: change alone cannot tell."""
    by_id = {one.pk: one for one in conversations if one.answered_at}
    later = unanswered_messages().filter(conversation__in=list(by_id))
    oldest = dict(later.values_list("conversation").annotate(Min("sent_at")))
    for pk, conversation in by_id.items():
        conversation.unanswered_since = oldest.get(pk)


def recount_conversation(conversation: Conversation) -> None:
    """Everything anew, from the messages, and saved."""
    messages = Message.objects.filter(conversation=conversation)
    newest = messages.order_by("-sent_at", "-id").first()
    assert newest is not None  # a conversation begins with a message
    good = Q(direction="out") & (Q(outgoing=None) | ~Q(outgoing__state__in=UNSENT_STATES))
    facts = messages.aggregate(last=Max("id"), answered=Max("sent_at", filter=good))
    conversation.message_count = messages.count()
    conversation.last_message_id, conversation.answered_at = facts["last"], facts["answered"]
    conversation.last_message_at, conversation.snippet = newest.sent_at, clip_to_line(newest.text, SNIPPET_LENGTH)
    waiting = unanswered_messages().filter(conversation=conversation)
    conversation.unanswered_since = waiting.aggregate(oldest=Min("sent_at"))["oldest"]
    conversation.save(update_fields=COUNTED_FIELDS)
