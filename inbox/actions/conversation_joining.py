"""Two conversations that turn out to be one: the message between them came last."""

from collections.abc import Iterable, Sequence

from django.db.models import Case, Value, When

from foundation.states import move_all
from inbox.conversation_counts import merge_counts
from inbox.models import Conversation, Message

ConversationPairs = Sequence[tuple[Conversation, Conversation]]


def join_conversations(pairs: ConversationPairs) -> None:
    """Moves the messages of each first into its second and ends the first. The caller holds and saves the second."""
    if not pairs:
        return
    into = {ended.pk: kept for ended, kept in pairs}
    goes = Case(*(When(conversation=pk, then=Value(end_of_chain(kept, into).pk)) for pk, kept in into.items()))
    Message.objects.filter(conversation__in=list(into)).update(conversation=goes)
    for ended, kept in into.items():
        merge_counts(next(one for one, _ in pairs if one.pk == ended), end_of_chain(kept, into))
    Conversation.objects.filter(pk__in=list(into)).delete()


def end_of_chain(kept: Conversation, into: dict[int, Conversation]) -> Conversation:
    """Where a chain of joins ends."""
    while kept.pk in into:
        kept = into[kept.pk]
    return kept


def reopen_closed(conversations: Iterable[Conversation]) -> None:
    """Whoever writes to us in a closed conversation opens it again."""
    closed = [one for one in conversations if one.state == "closed"]
    if closed:
        move_all(Conversation.objects.filter(pk__in=[one.pk for one in closed]), "reopen")
