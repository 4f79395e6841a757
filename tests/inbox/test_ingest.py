"""What comes in is stored once, whatever the network does."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox.actions.ingest import ingest_inbound
from inbox.models import Contact, Conversation, Message
from networks.contract import Author, InboundKind
from tests.cast import Cast
from tests.inbox.talk import BOB, EVE, START, only_conversation, our_post, says

pytestmark = pytest.mark.usefixtures("in_acme")


def test_the_same_items_again_change_nothing(cast: Cast) -> None:
    items = [says("One", remote_id="1"), says("Two", remote_id="2", parent="1", minute=1)]
    assert len(ingest_inbound(cast.x, items)) == 2
    before = Conversation.objects.values().get()
    assert ingest_inbound(cast.x, items) == []
    assert Conversation.objects.values().get() == before


def test_an_item_repeated_in_one_batch_is_stored_once(cast: Cast) -> None:
    assert len(ingest_inbound(cast.x, [says(remote_id="1"), says(remote_id="1"), says(remote_id="1")])) == 1
    assert only_conversation().message_count == 1


def test_two_profiles_may_have_the_same_remote_id(cast: Cast) -> None:
    ingest_inbound(cast.x, [says(remote_id="1")])
    ingest_inbound(cast.page, [says(remote_id="1")])
    assert Message.objects.count() == 2


def test_nothing_at_all(cast: Cast) -> None:
    assert ingest_inbound(cast.x, []) == []


def test_a_hidden_author_leaves_no_contact(cast: Cast) -> None:
    ingest_inbound(cast.x, [says(author=None)])
    assert only_conversation().contact is None
    assert Message.objects.get().contact is None


def test_what_postgresql_refuses_is_left_out(cast: Cast) -> None:
    ingest_inbound(cast.x, [says("a\0b \ud800 c", author=Author("5\0", "B\0ob", "b\0"))])
    assert Message.objects.get().text == "ab ? c"
    assert Contact.objects.values_list("remote_id", "name", "handle").get() == (
        "5",
        "B ob",
        "b",
    )  # on one line: foundation.texts.names


@pytest.mark.parametrize("word", ["x", "wörd "])
def test_an_endless_text_is_kept_whole(cast: Cast, word: str) -> None:
    text = "".join(f"{word}{n}" for n in range(400_000))
    ingest_inbound(cast.x, [says(text)])
    assert Message.objects.get().text == text
    assert len(only_conversation().snippet) == 200


def test_without_a_usable_id_it_is_left_out(cast: Cast) -> None:
    good = says()
    assert [
        one.remote_id for one in ingest_inbound(cast.x, [says(remote_id="\0"), says(remote_id="9" * 201), good])
    ] == [good.remote_id]


def test_an_overlong_address_is_left_out(cast: Cast) -> None:
    ingest_inbound(cast.x, [says(author=Author("5", "N" * 300, "h" * 300, "https://a.example/" + "p" * 2000))])
    contact = Contact.objects.get()
    assert (len(contact.name), len(contact.handle), contact.avatar_url) == (200, 200, "")


def test_a_contact_keeps_the_name_it_is_known_by(cast: Cast) -> None:
    ingest_inbound(cast.x, [says(author=BOB)])
    ingest_inbound(cast.x, [says(author=Author(BOB.remote_id, BOB.remote_id))])
    assert Contact.objects.values_list("name", "handle").get() == ("Bob Stone", "bob")
    ingest_inbound(cast.x, [says(author=Author(BOB.remote_id, "Robert Stone", "rob"))])
    assert Contact.objects.values_list("name", "handle").get() == ("Robert Stone", "rob")


def test_counts_follow_the_messages(cast: Cast) -> None:
    ingest_inbound(
        cast.x, [says("First", remote_id="1", minute=0), says("Second", remote_id="2", parent="1", minute=2)]
    )
    ingest_inbound(cast.x, [says("Between", remote_id="3", parent="1", minute=1)])
    conversation = only_conversation()
    assert (conversation.message_count, conversation.snippet) == (3, "Second")
    assert conversation.last_message_at == START + timedelta(minutes=2)
    assert conversation.last_message_id == Message.objects.get(remote_id="3").pk
    assert conversation.unanswered_since == START


def test_a_comment_knows_our_post(cast: Cast) -> None:
    post = our_post(cast.page, "77")
    ingest_inbound(
        cast.page,
        [
            says("Bob's", kind=InboundKind.COMMENT, parent="77", root="77"),
            says("Eve's", kind=InboundKind.COMMENT, parent="77", root="77", author=EVE),
        ],
    )
    assert list(Conversation.objects.values_list("about", "contact__name").order_by("contact__name")) == [
        (post.pk, "Bob Stone"),
        (post.pk, "Eve Hill"),
    ]


def test_a_message_from_outside_reopens_a_closed_conversation(cast: Cast) -> None:
    from inbox.actions.triage import close_conversation

    ingest_inbound(cast.x, [says(remote_id="1")])
    close_conversation(cast.olive, only_conversation())
    ingest_inbound(cast.x, [says("Somewhere else")])
    assert Conversation.objects.get(root_id="1").state == "closed"
    ingest_inbound(cast.x, [says("Still broken", parent="1", minute=5)])
    assert Conversation.objects.get(root_id="1").state == "open"


def test_a_batch_costs_the_same_whatever_its_size(cast: Cast) -> None:
    def cost(size: int) -> int:
        items = []
        for number in range(size):
            first = says("Hello", author=Author(f"{size}-{number}", "Some one"))
            items += [first, says("And more", parent=first.remote_id, minute=1)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(ingest_inbound(cast.x, items)) == 2 * size
        return len(queries)

    ingest_inbound(cast.x, [says()])
    assert cost(2) == cost(300) == 12


def test_thousands_at_once(cast: Cast) -> None:
    items = [says(f"Message {number}", author=Author(str(number % 700), "Many")) for number in range(5000)]
    assert len(ingest_inbound(cast.x, items)) == 5000
    assert Contact.objects.count() == 700
    assert not Conversation.objects.filter(last_message_id=None).exists()
