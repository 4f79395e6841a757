"""An answer leaves through the outbox, once, and never past somebody else's."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import now

from foundation.errors import Conflict, Invalid, NotFound, PermissionDenied
from inbox.actions.ingest import ingest_inbound
from inbox.actions.reply import reply_to_conversation
from inbox.actions.unsent_replies import resolve_reply, retry_reply, withdraw_reply
from inbox.models import Conversation, Message
from networks import errors
from networks.contract import Draft, DraftKind
from networks.models import Outgoing
from networks.outbox.settling import notify_left_settled, write_outcome
from organizations.models import AuditEntry
from tests.cast import Cast
from tests.inbox.talk import BOB, EVE, START, begin, end, ended, only_conversation, says, sent_as

pytestmark = pytest.mark.usefixtures("in_acme")


def reply(actor, question: Message, text: str = "Coming", seen: int | None = None) -> Message:
    conversation = Conversation.objects.get(pk=question.conversation_id)
    return reply_to_conversation(actor, conversation, text=text, seen=question.pk if seen is None else seen)


def test_the_draft_answers_the_newest_of_theirs(cast: Cast, question: Message) -> None:
    ingest_inbound(cast.x, [says("Hello?", remote_id="2", parent="1", minute=3, author=EVE)])
    message = reply(cast.cole, question)
    row = Outgoing.objects.get()
    assert row.key == f"reply:{message.pk}"
    assert row.frozen == Draft(DraftKind.REPLY, "Coming", in_reply_to="2", thread_id="1")
    assert (message.state, message.writer) == ("waiting", cast.cole)
    assert AuditEntry.objects.filter(verb="conversation.replied", actor_id=cast.cole.pk).count() == 1


def test_the_conversation_says_so_at_once(cast: Cast, question: Message) -> None:
    assert only_conversation().unanswered_since == START
    message = reply(cast.cole, question)
    conversation = only_conversation()
    assert (conversation.unanswered_since, conversation.last_message_id) == (None, message.pk)
    assert (conversation.message_count, conversation.snippet) == (2, "Coming")


def test_somebody_answered_since(cast: Cast, question: Message) -> None:
    first = reply(cast.cole, question)
    later = ingest_inbound(cast.x, [says("Thanks", parent="1", minute=9)])[0]
    with pytest.raises(Conflict) as refusal:
        reply(cast.lena, question, "Mine")
    assert refusal.value.newer == [first, later]
    assert Outgoing.objects.count() == 1
    assert reply(cast.lena, question, "Anything else?", seen=later.pk).text == "Anything else?"


def test_what_they_wrote_since_does_not_stop_an_answer(cast: Cast, question: Message) -> None:
    ingest_inbound(cast.x, [says("Hello?", parent="1", minute=3)])
    assert reply(cast.cole, question)


@pytest.mark.parametrize("text", ["", "  \n", "a\0b", "\ud800", "x" * 281])
def test_a_text_that_cannot_be_sent_is_refused(cast: Cast, question: Message, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        reply(cast.cole, question, text)
    assert list(refusal.value.fields) == ["text"]
    assert Message.objects.count() == 1


@pytest.mark.parametrize("seen", [0, -1, 2**62])
def test_seen_is_a_message_of_this_conversation(cast: Cast, question: Message, seen: int) -> None:
    with pytest.raises(Invalid) as refusal:
        reply(cast.cole, question, seen=seen)
    assert list(refusal.value.fields) == ["seen"]


def test_seen_of_another_conversation(cast: Cast, question: Message) -> None:
    other = ingest_inbound(cast.x, [says("Elsewhere")])[0]
    with pytest.raises(Invalid):
        reply(cast.cole, question, seen=other.pk)


@pytest.mark.parametrize("name", ["ed", "priya", "ava", "ana"])
def test_whoever_may_not_reply_is_refused(cast: Cast, question: Message, name: str) -> None:
    with pytest.raises(PermissionDenied):
        reply(getattr(cast, name), question)
    assert not Outgoing.objects.exists()


def test_an_answer_that_failed_is_none(cast: Cast, question: Message) -> None:
    message = reply(cast.cole, question)
    end(begin(message.outgoing), ended(errors.Refused("They blocked you.")))
    message = Message.objects.get(pk=message.pk)
    assert (message.state, message.outgoing.reason) == ("failed", "They blocked you.")
    assert only_conversation().unanswered_since == START


def test_a_failed_answer_is_tried_again(cast: Cast, question: Message) -> None:
    message = reply(cast.cole, question)
    end(begin(message.outgoing), ended(errors.Refused("They blocked you.")))
    with pytest.raises(PermissionDenied):
        retry_reply(cast.ed, only_conversation(), message.pk)
    assert retry_reply(cast.lena, only_conversation(), message.pk).state == "waiting"
    assert only_conversation().unanswered_since is None
    with pytest.raises(Conflict):
        retry_reply(cast.lena, only_conversation(), message.pk)
    end(begin(Outgoing.objects.get()), sent_as("2"))
    assert Message.objects.get(direction="out").remote_id == "2"


def test_an_answer_whose_sender_died_before_it_could_tell_is_followed(cast: Cast, question: Message) -> None:
    message = reply(cast.cole, question)
    row, _ = begin(message.outgoing)
    with transaction.atomic():
        write_outcome(row, sent_as("9"))  # committed; then the worker is killed
    notify_left_settled(now())
    assert Message.objects.get(pk=message.pk).remote_id is None  # its sender may still be about to tell
    notify_left_settled(now() + timedelta(minutes=1))
    assert Message.objects.get(pk=message.pk).remote_id == "9"
    assert Outgoing.objects.get().lease_until is None


def test_only_an_answer_of_this_conversation_is_tried_again(cast: Cast, question: Message) -> None:
    other = ingest_inbound(cast.x, [says("Elsewhere", author=BOB)])[0]
    answer = reply(cast.cole, other, seen=other.pk)
    with pytest.raises(NotFound):
        retry_reply(cast.cole, Conversation.objects.get(pk=question.conversation_id), answer.pk)
    with pytest.raises(NotFound):
        retry_reply(cast.cole, Conversation.objects.get(pk=question.conversation_id), question.pk)


def test_a_failed_answer_is_withdrawn(cast: Cast, question: Message) -> None:
    message = reply(cast.cole, question)
    end(begin(message.outgoing), ended(errors.Refused("They blocked you.")))
    with pytest.raises(PermissionDenied):
        withdraw_reply(cast.ed, only_conversation(), message.pk)
    assert withdraw_reply(cast.cole, only_conversation(), message.pk).state == "cancelled"
    assert only_conversation().unanswered_since == START


def test_what_has_left_cannot_be_withdrawn(cast: Cast, question: Message) -> None:
    message = reply(cast.cole, question)
    begin(message.outgoing)
    with pytest.raises(Conflict):
        withdraw_reply(cast.cole, only_conversation(), message.pk)


@pytest.mark.parametrize(("there", "state"), [(True, "sent"), (False, "waiting")])
def test_a_person_says_whether_it_is_there(cast: Cast, question: Message, there: bool, state: str) -> None:
    message = reply(cast.cole, question)
    end(begin(message.outgoing), ended(errors.Ambiguous("No answer.")))
    assert resolve_reply(cast.cole, only_conversation(), message.pk, there=there).state == state
    assert only_conversation().unanswered_since is None
    with pytest.raises(Conflict):
        resolve_reply(cast.cole, only_conversation(), message.pk, there=there)
