"""Two at once in the inbox: where one holds a lock the other waits, and nothing that either did is lost."""

from functools import partial

import pytest

from foundation.errors import Conflict
from foundation.overtaking import Overtaken
from inbox.actions.assign import assign_conversation
from inbox.actions.ingest import ingest_inbound
from inbox.actions.message_changes import follow_changes
from inbox.actions.reply import reply_to_conversation
from inbox.actions.triage import close_conversation
from inbox.actions.unsent_replies import resolve_reply, withdraw_reply
from inbox.models import Conversation, Message
from networks.contract import InboundChange
from networks.errors import Ambiguous
from networks.models import Outgoing
from organizations.actions.leaving import offboard_member
from organizations.models import Member
from organizations.tenancy import scope
from tests.few import Few
from tests.few import few as few
from tests.few import transactional_db as transactional_db
from tests.inbox.talk import begin, end, ended, says, sent_as
from tests.races import overlapping


@pytest.fixture
def asked(few: Few) -> Message:
    with scope(few.acme):
        return ingest_inbound(few.x, [says("Anybody?", remote_id="q")])[0]


def talk(message: Message) -> Conversation:
    # unscoped: between two scopes
    return Conversation.unscoped.select_related("assignee", "profile").get(pk=message.conversation_id)


def test_nothing_is_given_to_somebody_who_leaves_at_that_moment(few: Few, asked: Message) -> None:
    met = overlapping(
        "organizations.access.lock_present_member",
        lambda: assign_conversation(few.olive, talk(asked), member=few.cole),
        lambda: offboard_member(few.olive, few.cole, successor=few.lena),
        of=few.acme,
    )
    assert met.waited
    assert isinstance(met.second, Member), met
    assert talk(asked).assignee == few.lena


def test_of_two_who_saw_the_same_one_gives_it(few: Few, asked: Message) -> None:
    seen = talk(asked).mark
    met = overlapping(
        "inbox.actions.assign.assign_conversation",
        lambda: assign_conversation(few.olive, talk(asked), member=few.cole, seen=seen),
        lambda: assign_conversation(few.olive, talk(asked), member=few.lena, seen=seen),
        of=few.acme,
    )
    assert isinstance(met.second, Overtaken), met
    assert talk(asked).assignee == few.cole


def test_of_two_who_saw_the_same_one_closes_it(few: Few, asked: Message) -> None:
    seen = talk(asked).mark
    met = overlapping(
        "inbox.actions.triage.move_conversation",
        lambda: close_conversation(few.olive, talk(asked), seen=seen),
        lambda: assign_conversation(few.olive, talk(asked), member=few.cole, seen=seen),
        of=few.acme,
    )
    assert isinstance(met.second, Overtaken), met
    assert (talk(asked).state, talk(asked).assignee) == ("closed", None)


def test_of_two_who_answer_one_wins(few: Few, asked: Message) -> None:
    def answer(member: Member) -> Message:
        return reply_to_conversation(member, talk(asked), text=member.name, seen=asked.pk)

    met = overlapping(
        "inbox.actions.reply.reply_to_conversation", partial(answer, few.cole), partial(answer, few.lena), of=few.acme
    )
    assert isinstance(met.second, Conflict), met
    assert [one.text for one in met.second.newer] == ["Cole"]
    assert talk(asked).message_count == 2


def test_an_answer_during_intake_keeps_its_count(few: Few, asked: Message) -> None:
    met = overlapping(
        "inbox.actions.ingest.load_threads",
        lambda: ingest_inbound(few.x, [says("And?", parent="q", minute=1)]),
        lambda: reply_to_conversation(few.cole, talk(asked), text="Here", seen=asked.pk),
        of=few.acme,
    )
    assert met.waited
    assert isinstance(met.second, Message), met
    assert talk(asked).message_count == 3
    assert talk(asked).last_message_id == met.second.pk


def test_two_batches_of_one_profile_store_an_item_once(few: Few, asked: Message) -> None:
    items = [says("And?", parent="q", minute=1)]
    met = overlapping(
        "inbox.intake.intake_lock.lock_intake",
        lambda: ingest_inbound(few.x, items),
        lambda: ingest_inbound(few.x, items),
        of=few.acme,
    )
    assert ([one.text for one in met.first], met.second, met.waited) == (["And?"], [], True)
    assert talk(asked).message_count == 2


@pytest.fixture
def answered(few: Few, asked: Message) -> Message:
    with scope(few.acme):
        return reply_to_conversation(few.cole, talk(asked), text="Yes", seen=asked.pk)


def row_of(message: Message) -> Outgoing:
    return Outgoing.unscoped.get(pk=message.outgoing_id)  # unscoped: between two scopes


def test_of_two_who_saw_the_same_answer_one_decides(few: Few, asked: Message, answered: Message) -> None:
    with scope(few.acme):
        end(begin(answered.outgoing), ended(Ambiguous("No answer.")))
    seen = row_of(answered).mark
    met = overlapping(
        "inbox.actions.unsent_replies.lock_reply",
        lambda: resolve_reply(few.cole, talk(asked), answered.pk, there=True, seen=seen),
        lambda: resolve_reply(few.lena, talk(asked), answered.pk, there=False, seen=seen),
        of=few.acme,
    )
    assert isinstance(met.second, Overtaken), met
    assert row_of(answered).state == "sent"


def test_what_came_in_while_an_answer_was_withdrawn_is_counted(few: Few, asked: Message, answered: Message) -> None:
    met = overlapping(
        "inbox.actions.unsent_replies.refresh_conversation",
        lambda: withdraw_reply(few.cole, talk(asked), answered.pk),
        lambda: ingest_inbound(few.x, [says("And?", parent="q", minute=1)]),
        of=few.acme,
    )
    assert met.waited
    assert talk(asked).message_count == 3
    assert talk(asked).last_message_id == met.second[0].pk


def test_what_is_answered_while_an_answer_settles_is_counted(few: Few, asked: Message, answered: Message) -> None:
    with scope(few.acme):
        begun = begin(answered.outgoing)
        answered.refresh_from_db()
    met = overlapping(
        "inbox.actions.reply_settlement.settle_reply",
        lambda: end(begun, sent_as("a")),
        lambda: reply_to_conversation(few.cole, talk(asked), text="And more", seen=answered.pk),
        of=few.acme,
    )
    assert met.waited
    assert talk(asked).message_count == 3
    assert talk(asked).last_message_id == met.second.pk


def test_what_is_said_to_somebody_who_answered_our_answer_is_not_lost(
    few: Few, asked: Message, answered: Message
) -> None:
    """Their answer came in before ours was known to the network's name: two conversations become one."""
    with scope(few.acme):
        begun = begin(answered.outgoing)
        theirs = ingest_inbound(few.x, [says("Thanks", parent="a", minute=40)])[0]
    assert theirs.conversation_id != asked.conversation_id
    other = talk(theirs)
    met = overlapping(
        "inbox.actions.reply_settlement.store_network_copy",
        lambda: end(begun, sent_as("a")),
        lambda: reply_to_conversation(few.cole, other, text="Welcome", seen=theirs.pk),
        of=few.acme,
    )
    assert (met.waited, isinstance(met.second, Exception)) == (True, True), met
    assert talk(asked).message_count == Message.unscoped.filter(conversation=asked.conversation_id).count() == 3


def test_an_answer_that_is_drawn_out_of_a_conversation_is_counted_out(
    few: Few, asked: Message, answered: Message
) -> None:
    """The network's copy of our answer came in first, beneath another conversation."""
    with scope(few.acme):
        begun = begin(answered.outgoing)
        other = ingest_inbound(few.x, [says("Else?", remote_id="e")])[0]
        ingest_inbound(few.x, [says("Altered", remote_id="a", parent="e", minute=30, own=True)])
    assert talk(other).message_count == 2
    met = overlapping(
        "inbox.actions.reply_settlement.delete_echo",
        lambda: end(begun, sent_as("a")),
        lambda: reply_to_conversation(few.cole, talk(other), text="Here", seen=other.pk),
        of=few.acme,
    )
    assert met.waited
    assert isinstance(met.second, Message), met
    assert talk(other).message_count == Message.unscoped.filter(conversation=other.conversation_id).count() == 2


def test_an_answer_is_counted_while_what_it_answers_is_removed(few: Few, asked: Message) -> None:
    met = overlapping(
        "inbox.actions.message_changes.follow_changes",
        lambda: follow_changes(few.x, [InboundChange("q", removed=True)]),
        lambda: reply_to_conversation(few.cole, talk(asked), text="Here", seen=asked.pk),
        of=few.acme,
    )
    assert met.waited
    assert isinstance(met.second, Message), met
    assert talk(asked).last_message_id == met.second.pk
    assert talk(asked).message_count == Message.unscoped.filter(conversation=asked.conversation_id).count() == 2
