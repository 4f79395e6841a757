"""Networks have clocks of their own: what was seen, and what answers what, decides the order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils.timezone import now

from inbox.actions.ingest import ingest_inbound
from inbox.actions.reply import reply_to_conversation
from inbox.models import Conversation, Message
from inbox.queries.conversation_thread import fetch_thread
from networks.contract import Published
from networks.models import Outgoing
from networks.outbox.outcomes import outcome_of_published
from tests.cast import Cast
from tests.inbox.talk import begin, end, only_conversation, says

pytestmark = pytest.mark.usefixtures("in_acme")


def stamped(text: str, seconds: float, **more):
    """As the network's clock has it, so many seconds from ours."""
    return replace(says(text, **more), sent_at=now() + timedelta(seconds=seconds))


def shown() -> list[str]:
    return [one.text for one in fetch_thread(only_conversation()).messages]


def answer(cast: Cast, text: str = "Coming") -> Message:
    row = only_conversation()
    return reply_to_conversation(cast.cole, Conversation.objects.get(pk=row.pk), text=text, seen=row.last_message_id)


def settled(message: Message, seconds: float) -> None:
    at = now() + timedelta(seconds=seconds)
    end(begin(message.outgoing), outcome_of_published(Published("900", "https://x.com/a/status/900", at)))


@pytest.mark.parametrize("ahead", [90, -90, 86_400 * 3])
@pytest.mark.parametrize("copy", [None, -300, 0, 90])
def test_what_is_answered_at_once_is_answered_and_stands_above(cast: Cast, ahead: float, copy: float | None) -> None:
    ingest_inbound(cast.x, [stamped("Where is it?", ahead, remote_id="1")])
    message = answer(cast)
    if copy is not None:
        settled(message, copy)
    conversation = only_conversation()
    assert conversation.unanswered_since is None
    assert conversation.snippet == "Coming"
    assert shown() == ["Where is it?", "Coming"]
    assert conversation.last_message_at <= now()


@pytest.mark.parametrize("copy", [None, 90])
@pytest.mark.parametrize("behind", [-60, 0, 30])
def test_what_comes_after_an_answer_waits_whatever_its_stamp(cast: Cast, behind: float, copy: float | None) -> None:
    ingest_inbound(cast.x, [stamped("Where is it?", 90, remote_id="1")])
    message = answer(cast)
    if copy is not None:
        settled(message, copy)
    ingest_inbound(cast.x, [stamped("And the other?", behind, remote_id="2", parent="1")])
    assert only_conversation().unanswered_since == Message.objects.get(remote_id="2").sent_at
    answer(cast, "That too")
    assert only_conversation().unanswered_since is None
    assert shown()[-1] == "That too"


def test_all_of_a_batch_that_is_ahead_keeps_its_order(cast: Cast) -> None:
    items = [stamped(text, 60 + at, remote_id=text, parent="a" if at else None) for at, text in enumerate("abcd")]
    ingest_inbound(cast.x, items[::-1])
    assert shown() == list("abcd")


def test_a_colleagues_answer_on_the_network_is_read_by_the_networks_clock(cast: Cast) -> None:
    ingest_inbound(cast.x, [stamped("Where is it?", -100, remote_id="1")])
    ingest_inbound(cast.x, [stamped("Here", -50, remote_id="2", parent="1", own=True)])
    assert only_conversation().unanswered_since is None
    ingest_inbound(cast.x, [stamped("Before that", -70, remote_id="3", parent="1")])
    assert only_conversation().unanswered_since is None
    ingest_inbound(cast.x, [stamped("Since then", -40, remote_id="4", parent="1")])
    assert only_conversation().unanswered_since == Message.objects.get(remote_id="4").sent_at


def test_an_answer_that_failed_answers_nothing(cast: Cast) -> None:
    ingest_inbound(cast.x, [stamped("Where is it?", 90, remote_id="1")])
    message = answer(cast)
    Outgoing.objects.filter(pk=message.outgoing_id).update(state="failed")
    ingest_inbound(
        cast.x,
        [stamped("Hello?", 60, remote_id="2", parent="1"), stamped("x", -900, remote_id="3", parent="1", own=True)],
    )
    assert only_conversation().unanswered_since == Message.objects.get(remote_id="1").sent_at
