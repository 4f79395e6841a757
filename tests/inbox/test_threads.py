"""A thread is one conversation, in whatever order its parts come."""

import itertools

import pytest

from inbox.actions.ingest import ingest_inbound
from inbox.models import Conversation, Message
from networks.contract import InboundKind
from tests.cast import Cast
from tests.inbox.talk import BOB, EVE, only_conversation, our_post, says, texts

pytestmark = pytest.mark.usefixtures("in_acme")

ORDERS = list(itertools.permutations(range(4)))
THREAD = [
    says("a", remote_id="a", minute=0),
    says("b", remote_id="b", parent="a", root="a", minute=1, author=EVE),
    says("c", remote_id="c", parent="b", root="a", minute=2),
    says("d", remote_id="d", parent="c", root="a", minute=3, author=EVE),
]


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_one_at_a_time_in_every_order(cast: Cast, order: tuple[int, ...]) -> None:
    for index in order:
        ingest_inbound(cast.x, [THREAD[index]])
    conversation = only_conversation()
    assert texts(conversation) == ["a", "b", "c", "d"]
    assert (conversation.message_count, conversation.snippet) == (4, "d")
    assert conversation.contact.name == BOB.name
    assert conversation.last_message_id == max(Message.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_beneath_our_post_where_the_top_does_not_tell(cast: Cast, order: tuple[int, ...]) -> None:
    our_post(cast.x, "post")
    thread = [
        says("a", remote_id="a", parent="post", root="post", minute=0),
        says("b", remote_id="b", parent="a", root="post", minute=1),
        says("c", remote_id="c", parent="b", root="post", minute=2),
        says("d", remote_id="d", parent="c", root="post", minute=3),
    ]
    for index in order:
        ingest_inbound(cast.x, [thread[index]])
    conversation = only_conversation()
    assert texts(conversation) == ["a", "b", "c", "d"]
    assert (conversation.message_count, conversation.snippet, conversation.about.remote_id) == (4, "d", "post")


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_in_one_batch_in_every_order(cast: Cast, order: tuple[int, ...]) -> None:
    ingest_inbound(cast.x, [THREAD[index] for index in order])
    assert texts(only_conversation()) == ["a", "b", "c", "d"]


def test_siblings_of_a_missing_message_find_each_other(cast: Cast) -> None:
    ingest_inbound(cast.x, [says("one", parent="gone", root="gone")])
    ingest_inbound(cast.x, [says("two", parent="gone", root="gone", author=EVE, minute=1)])
    assert texts(only_conversation()) == ["one", "two"]


def test_each_commenter_beneath_an_unknown_post_has_a_conversation(cast: Cast) -> None:
    for author in (BOB, EVE):
        ingest_inbound(cast.page, [says(kind=InboundKind.COMMENT, parent="elsewhere", root="elsewhere", author=author)])
    assert Conversation.objects.count() == 2


def test_a_missing_link_joins_two_conversations(cast: Cast) -> None:
    our_post(cast.x, "post")
    ingest_inbound(cast.x, [says("a", remote_id="a", parent="post", root="post")])
    ingest_inbound(cast.x, [says("c", remote_id="c", parent="b", root="post", minute=2)])
    assert Conversation.objects.count() == 2
    kept = Conversation.objects.get(root_id="a")
    ingest_inbound(cast.x, [says("b", remote_id="b", parent="a", root="post", minute=1)])
    assert only_conversation() == kept
    assert texts(kept) == ["a", "b", "c"]


def torn(cast: Cast) -> None:
    """ "a" and "c" beneath our post: "b" between the two is missing."""
    our_post(cast.x, "post")
    ingest_inbound(cast.x, [says("a", remote_id="a", parent="post", root="post")])
    ingest_inbound(cast.x, [says("c", remote_id="c", parent="b", root="post", minute=2)])


def test_what_comes_with_the_missing_link_and_before_it_goes_where_the_two_become_one(cast: Cast) -> None:
    torn(cast)
    ingest_inbound(
        cast.x,
        [
            says("b", remote_id="b", parent="a", root="post", minute=4),
            says("d", remote_id="d", parent="c", root="post", minute=3),
        ],
    )
    assert texts(only_conversation()) == ["a", "c", "d", "b"]
    assert only_conversation().message_count == 4


def test_an_answer_in_one_of_two_that_become_one_answers_what_was_asked_in_the_other(cast: Cast) -> None:
    torn(cast)
    ingest_inbound(cast.x, [says("Ours", parent="a", root="post", minute=5, own=True)])
    assert Conversation.objects.filter(unanswered_since=None).count() == 1
    ingest_inbound(cast.x, [says("b", remote_id="b", parent="a", root="post", minute=1)])
    assert only_conversation().unanswered_since is None


def test_circles_end(cast: Cast) -> None:
    ingest_inbound(cast.x, [says("x", remote_id="x", parent="y"), says("y", remote_id="y", parent="x")])
    ingest_inbound(cast.x, [says("z", remote_id="z", parent="z", root="z")])
    assert Message.objects.count() == 3
