"""What a conversation says of its messages, by change: each number at its boundary. Without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.conversation_counts import count_messages, latest_moment, merge_counts
from inbox.models import Contact, Conversation, Message
from networks.models import RemotePost

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def conversation(**more: Any) -> Conversation:
    return Conversation(
        **{"message_count": 1, "last_message_at": at(5), "snippet": "Five", "last_message_id": 50} | more
    )


def message(pk: int, minute: float, direction: str = "in", text: str = "") -> Message:
    return Message(pk=pk, sent_at=at(minute), direction=direction, text=text or f"At {minute}")


def told(one: Conversation) -> tuple:
    return one.message_count, one.last_message_id, one.last_message_at, one.snippet


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([message(51, 6)], (2, 51, at(6), "At 6")),
        ([message(51, 5)], (2, 51, at(5), "At 5")),
        ([message(51, 4)], (2, 51, at(5), "Five")),
        ([message(49, 6)], (2, 50, at(6), "At 6")),
        ([message(51, 7), message(52, 6)], (3, 52, at(7), "At 7")),
        ([message(51, 6, text="First"), message(52, 6, text="Second")], (3, 52, at(6), "Second")),
        ([message(52, 6, text="Second"), message(51, 6, text="First")], (3, 52, at(6), "Second")),
        ([message(51, 6, text="x" * 300)], (2, 51, at(6), "x" * 199 + "…")),
    ],
)
def test_new_messages_are_counted_and_the_newest_is_shown(messages: list[Message], expected: tuple) -> None:
    count_messages(one := conversation(), messages)
    assert told(one) == expected


def test_the_first_message_is_shown_whenever_it_was_written() -> None:
    one = conversation(message_count=0, last_message_at=at(9), snippet="", last_message_id=None)
    count_messages(one, [message(51, 3)])
    assert told(one) == (1, 51, at(3), "At 3")


@pytest.mark.parametrize(
    ("before", "messages", "waits", "answered"),
    [
        ({}, [message(51, 7), message(52, 6)], at(6), None),
        ({"unanswered_since": at(2)}, [message(51, 6)], at(2), None),
        ({"unanswered_since": at(8)}, [message(51, 6)], at(6), None),
        ({"answered_at": at(3)}, [message(51, 6, "out")], None, at(6)),
        ({"answered_at": at(7)}, [message(51, 6, "out")], None, at(7)),
        ({}, [message(51, 6), message(52, 7, "out")], None, at(7)),
        ({}, [message(51, 8), message(52, 7, "out")], at(8), at(7)),
        ({}, [message(51, 7), message(52, 7, "out")], None, at(7)),
        ({"answered_at": at(9)}, [message(51, 6)], at(6), at(9)),  # ours, told by ids: the clock says nothing
    ],
)
def test_who_waits_since_when(before: dict, messages: list[Message], waits: datetime | None, answered: Any) -> None:
    count_messages(one := conversation(**before), messages)
    assert (one.unanswered_since, one.answered_at) == (waits, answered)


@pytest.mark.parametrize(("elsewhere", "waits"), [(5.9, True), (6, False), (7, False), (None, True)])
def test_an_answer_on_the_network_itself_answers_what_was_before_it(elsewhere: float | None, waits: bool) -> None:
    one = conversation()
    one.elsewhere = None if elsewhere is None else at(elsewhere)  # type: ignore[attr-defined]
    count_messages(one, [message(51, 6)])
    assert one.unanswered_since == (at(6) if waits else None)


class TestFolding:
    """All that was counted in one, into another."""

    @pytest.mark.parametrize(("minute", "shown"), [(6, (at(6), "Ended")), (5, (at(5), "Five")), (4, (at(5), "Five"))])
    def test_the_newest_of_both_is_shown(self, minute: float, shown: tuple) -> None:
        kept, ended = conversation(), conversation(last_message_at=at(minute), snippet="Ended")
        merge_counts(ended, kept)
        assert (kept.last_message_at, kept.snippet) == shown

    @pytest.mark.parametrize(
        ("ended", "kept", "highest"), [(60, 50, 60), (40, 50, 50), (None, 50, 50), (60, None, 60), (None, None, None)]
    )
    def test_the_highest_id_counts(self, ended: int | None, kept: int | None, highest: int | None) -> None:
        one = conversation(last_message_id=kept, message_count=2)
        merge_counts(conversation(last_message_id=ended, message_count=3), one)
        assert (one.message_count, one.last_message_id) == (5, highest)

    def test_what_it_is_about_and_with_whom_is_known_from_either(self) -> None:
        post, bob = RemotePost(pk=1), Contact(pk=1)
        merge_counts(conversation(about=post, contact=bob), kept := conversation())
        assert (kept.about, kept.contact) == (post, bob)
        kept = conversation(about=post, contact=bob)
        merge_counts(conversation(about=RemotePost(pk=2), contact=Contact(pk=2)), kept)
        assert (kept.about, kept.contact) == (post, bob)

    def test_the_latest_answer_and_who_waits_longest(self) -> None:
        one = conversation(answered_at=at(1), unanswered_since=at(4))
        merge_counts(conversation(answered_at=at(3), unanswered_since=at(2)), one)
        assert (one.answered_at, one.unanswered_since) == (at(3), at(2))
        merge_counts(conversation(), one)
        assert (one.answered_at, one.unanswered_since) == (at(3), at(2))


def test_the_latest_of_those_that_are_known() -> None:
    assert latest_moment(None, at(1), at(2)) == at(2)
    assert latest_moment(None) is None
    assert latest_moment() is None
