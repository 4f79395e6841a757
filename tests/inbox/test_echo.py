"""Our own words come back from the network: never twice, whatever comes first."""

import pytest
from django.utils.timezone import now

from inbox.actions.ingest import ingest_inbound
from inbox.actions.reply import reply_to_conversation
from inbox.models import Conversation, Message
from networks import errors
from networks.actions.outgoing import enqueue_outgoing, resolve_outgoing
from networks.contract import Draft, DraftKind
from tests.cast import Cast
from tests.inbox.talk import begin, end, ended, only_conversation, our_post, says, sent_as, texts

pytestmark = pytest.mark.usefixtures("in_acme")


@pytest.fixture
def answer(cast: Cast) -> Message:
    """Cole's answer to Bob's question, still in the outbox."""
    question = ingest_inbound(cast.x, [says("Where is it?", remote_id="1")])[0]
    return reply_to_conversation(cast.cole, only_conversation(), text="On its way: www.acme.example", seen=question.pk)


ECHO = says("@bob On its way:  https://www.acme.example", remote_id="2", parent="1", root="1", minute=30, own=True)


def test_the_echo_comes_after_the_settlement(cast: Cast, answer: Message) -> None:
    end(begin(answer.outgoing), sent_as("2"))
    assert ingest_inbound(cast.x, [ECHO]) == []
    check_one(answer)


def test_the_echo_comes_while_sending(cast: Cast, answer: Message) -> None:
    begun = begin(answer.outgoing)
    assert ingest_inbound(cast.x, [ECHO]) == []
    end(begun, sent_as("2"))
    check_one(answer)


def test_the_echo_comes_while_the_outcome_is_not_known(cast: Cast, answer: Message) -> None:
    row = end(begin(answer.outgoing), ended(errors.Ambiguous("No answer.")))
    assert ingest_inbound(cast.x, [ECHO]) == []
    resolve_outgoing(cast.olive, row, there=True, remote_id="2", permalink="https://x.com/acme/status/2")
    check_one(answer)


def test_the_echo_comes_twice_and_again(cast: Cast, answer: Message) -> None:
    begun = begin(answer.outgoing)
    ingest_inbound(cast.x, [ECHO, ECHO])
    end(begun, sent_as("2"))
    ingest_inbound(cast.x, [ECHO])
    ingest_inbound(cast.x, [ECHO, ECHO])
    check_one(answer)


def test_an_echo_that_passed_for_a_colleagues_message_gives_way(cast: Cast, answer: Message) -> None:
    begun = begin(answer.outgoing)
    shortened = says("On its way: https://sho.rt/1", remote_id="2", parent="1", root="1", minute=30, own=True)
    assert len(ingest_inbound(cast.x, [shortened])) == 1
    end(begun, sent_as("2"))
    ingest_inbound(cast.x, [shortened])
    check_one(answer)


def test_a_settlement_that_was_not_heard_is_caught_up_with(cast: Cast, answer: Message) -> None:
    end(begin(answer.outgoing), sent_as("2"))
    Message.objects.filter(pk=answer.pk).update(remote_id=None)
    assert ingest_inbound(cast.x, [ECHO]) == []
    check_one(answer)


def test_an_answer_to_our_answer_may_come_before_the_settlement(cast: Cast, answer: Message) -> None:
    our_post(cast.x, "post")
    row = end(begin(answer.outgoing), ended(errors.Ambiguous("No answer.")))
    ingest_inbound(cast.x, [says("Thank you", parent="2", root="post", minute=40)])
    assert Conversation.objects.count() == 2
    resolve_outgoing(cast.olive, row, there=True, remote_id="2")
    assert set(texts(only_conversation())) == {"Where is it?", answer.text, "Thank you"}
    assert only_conversation().message_count == 3


def test_our_own_post_is_no_conversation(cast: Cast) -> None:
    row = enqueue_outgoing(cast.x, Draft(DraftKind.POST, "News"), key="post:1", due_at=now())
    end(begin(row), sent_as("9"))
    assert ingest_inbound(cast.x, [says("News", remote_id="9", own=True)]) == []
    assert not Conversation.objects.exists()


def test_a_colleague_answers_on_the_network_itself(cast: Cast) -> None:
    ingest_inbound(cast.x, [says("Anybody there?", remote_id="1")])
    ingest_inbound(cast.x, [says("Yes, here", remote_id="2", parent="1", root="1", minute=2, own=True)])
    message = Message.objects.get(remote_id="2")
    assert (message.direction, message.writer, message.contact, message.state) == ("out", None, None, "sent")
    conversation = only_conversation()
    assert (conversation.unanswered_since, conversation.snippet) == (None, "Yes, here")


def test_a_colleagues_own_thread_elsewhere_is_left_out(cast: Cast) -> None:
    ingest_inbound(
        cast.x, [says("A thought", remote_id="1", own=True), says("And more", parent="1", root="1", own=True)]
    )
    ingest_inbound(cast.x, [says("To a stranger", parent="404", root="404", own=True)])
    assert not Message.objects.exists()


def test_a_late_answer_in_the_middle_leaves_the_newer_question_open(cast: Cast) -> None:
    ingest_inbound(cast.x, [says("One?", remote_id="1"), says("Two?", remote_id="3", parent="1", minute=5)])
    ingest_inbound(cast.x, [says("To one", remote_id="2", parent="1", root="1", minute=2, own=True)])
    assert only_conversation().unanswered_since == Message.objects.get(remote_id="3").sent_at


def check_one(answer: Message) -> None:
    message = Message.objects.get(direction="out")
    assert (message.pk, message.remote_id, message.state, message.writer_id) == (
        answer.pk,
        "2",
        "sent",
        answer.writer_id,
    )
    conversation = only_conversation()
    assert (conversation.message_count, conversation.unanswered_since) == (2, None)
    assert conversation.last_message_id == message.pk
