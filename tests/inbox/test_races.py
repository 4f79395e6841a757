"""Two at once, on two connections."""

import pytest

from inbox.actions.ingest import ingest_inbound
from inbox.actions.reply import reply_to_conversation
from inbox.models import Contact, Conversation, Message
from networks.contract import Author
from organizations.tenancy import scope
from tests import builders
from tests.cast import Cast
from tests.inbox.talk import begin, end, says, sent_as
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_batch_twice_at_once(cast: Cast) -> None:
    for turn in range(5):
        items = [says(f"{turn}-{n}", remote_id=f"{turn}-{n}", minute=n) for n in range(100)]
        items += [says("more", remote_id=f"{turn}-r{n}", parent=f"{turn}-{n}", minute=200 + n) for n in range(100)]
        works = [lambda: ingest_inbound(cast.x, items), lambda: ingest_inbound(cast.x, items[::-1])] * 2  # noqa: B023
        stored = at_once(cast.acme, *works)
        assert sorted(len(one) for one in stored) == [0, 0, 0, 200]  # type: ignore[arg-type]
    with scope(cast.acme):
        assert Message.objects.count() == 1000
        assert Conversation.objects.filter(message_count=2).count() == 500
        assert Contact.objects.count() == 1


def test_two_profiles_hear_of_the_same_people_at_once(cast: Cast) -> None:
    people = [Author(str(n), f"Person {n}") for n in range(200)]
    other = builders.profile(cast.acme, "x", handle="acme2")
    one = [says("to one", author=who) for who in people]
    two = [says("to two", author=who) for who in reversed(people)]
    stored = at_once(cast.acme, lambda: ingest_inbound(cast.x, one), lambda: ingest_inbound(other, two))
    assert [len(done) for done in stored] == [200, 200]  # type: ignore[arg-type]


def test_the_echo_and_the_settlement_at_once(cast: Cast) -> None:
    for turn in range(8):
        with scope(cast.acme):
            question = ingest_inbound(cast.x, [says("Anybody?", remote_id=f"q{turn}")])[0]
            conversation = Conversation.objects.get(pk=question.conversation_id)
            answer = reply_to_conversation(cast.cole, conversation, text="Yes", seen=question.pk)
            begun = begin(answer.outgoing)
        echo = says("Yes" if turn % 2 else "Altered", remote_id=f"a{turn}", parent=f"q{turn}", minute=30, own=True)
        answers = at_once(cast.acme, lambda: end(begun, sent_as(f"a{turn}")), lambda: ingest_inbound(cast.x, [echo]))  # noqa: B023
        assert not [one for one in answers if isinstance(one, Exception)]
        with scope(cast.acme):
            message = Message.objects.get(conversation=conversation, direction="out")
            assert (message.pk, message.remote_id) == (answer.pk, f"a{turn}")
            assert Conversation.objects.get(pk=conversation.pk).message_count == 2
