"""What is stored of what comes in, column by column, and who is told of it."""

from datetime import datetime
from typing import Any

import pytest
from django.utils.timezone import now

from inbox.actions import conversation_joining
from inbox.actions.contacts import store_contacts
from inbox.actions.echoes import is_echo, link_copies, texts_in_flight
from inbox.actions.ingest import MOST_PINGS, ingest_inbound
from inbox.conversation_counts import annotate_elsewhere
from inbox.models import Contact, Conversation, Message
from networks.contract import Author
from networks.models import Outgoing, RemotePost
from organizations.models import Notification
from organizations.tenancy import scope
from tests.cast import Cast
from tests.inbox.talk import BOB, EVE, minute, only_conversation, our_post, says

pytestmark = pytest.mark.usefixtures("in_acme")
LINK = "https://x.com/i/status/1"
FACE = "https://pbs.example/b.jpg"


class TestWhatComesIn:
    def test_is_stored_whole(self, cast: Cast) -> None:
        began = now()
        (stored,) = ingest_inbound(cast.x, [says("Hello", remote_id="1", minute=2)])
        row = Message.objects.select_related("contact", "conversation").get()
        assert (row, row.organization, row.profile, row.conversation) == (
            stored,
            cast.acme,
            cast.x,
            only_conversation(),
        )
        assert (row.direction, row.remote_id, row.text, row.permalink) == ("in", "1", "Hello", LINK)
        assert (row.sent_at, row.writer, row.outgoing) == (minute(2), None, None)
        assert row.look_at is not None
        assert began <= row.look_at <= now()
        contact = row.contact
        assert contact is not None
        assert (contact.organization, contact.network, contact.remote_id, contact.name, contact.handle) == (
            cast.acme,
            "x",
            "501",
            "Bob Stone",
            "bob",
        )
        assert row.conversation.contact == contact

    def test_what_a_colleague_wrote_there_is_ours_and_is_not_looked_at_again(self, cast: Cast, question) -> None:
        (stored,) = ingest_inbound(cast.x, [says("Hi", remote_id="2", parent="1", minute=1, own=True, author=BOB)])
        assert (stored.direction, stored.contact_id, stored.look_at) == ("out", None, None)

    def test_is_returned_by_time_and_numbered_so(self, cast: Cast) -> None:
        items = [
            says("C", remote_id="3", minute=3),
            says("A", remote_id="1", minute=1),
            says("B", remote_id="2", minute=2, parent="1"),
        ]
        stored = ingest_inbound(cast.x, items)
        assert [one.text for one in stored] == ["A", "B", "C"]
        assert [one.pk for one in stored] == sorted(one.pk for one in stored)

    def test_is_told_thing_by_thing_or_all_at_once(self, cast: Cast, hints: list) -> None:
        ingest_inbound(cast.x, [says(remote_id=str(number)) for number in range(MOST_PINGS)])
        ids = Conversation.objects.values_list("pk", flat=True)
        assert sorted(hints) == sorted((cast.acme.pk, "inbox", pk, cast.x.pk, None) for pk in ids)
        hints.clear()
        ingest_inbound(cast.x, [says(remote_id=str(100 + number)) for number in range(MOST_PINGS + 1)])
        assert hints == [(cast.acme.pk, "inbox", "", cast.x.pk, None)]
        hints.clear()
        ingest_inbound(cast.x, [says(remote_id="1")])
        assert hints == []

    def test_is_told_to_whose_it_is_while_somebody_waits(self, cast: Cast, question: Message) -> None:
        Conversation.objects.update(assignee=cast.lena)
        ingest_inbound(cast.x, [says("Answered", remote_id="8", parent="1", minute=8, own=True)])
        assert not Notification.objects.filter(member=cast.lena).exists()
        ingest_inbound(cast.x, [says("Between", remote_id="4", parent="1", minute=4)])
        assert not Notification.objects.filter(member=cast.lena).exists()
        ingest_inbound(cast.x, [says("After", remote_id="9", parent="1", minute=9)])
        assert Notification.objects.get(member=cast.lena).about == "After"

    def test_opens_what_was_closed_and_nothing_else_does(self, cast: Cast, question: Message) -> None:
        ingest_inbound(cast.x, [says("Other", remote_id="5", author=EVE)])
        Conversation.objects.update(state="closed")
        ingest_inbound(cast.x, [says("Ours", remote_id="2", parent="1", minute=1, own=True)])
        assert set(Conversation.objects.values_list("state", flat=True)) == {"closed"}
        ingest_inbound(cast.x, [says("Theirs", remote_id="3", parent="1", minute=2)])
        assert dict(Conversation.objects.values_list("root_id", "state")) == {"1": "open", "5": "closed"}

    def test_what_left_another_profile_of_ours_under_the_same_id_is_no_echo_here(self, cast: Cast, answer) -> None:
        RemotePost.objects.filter(pk=our_post(cast.page, "7").pk).update(outgoing=answer.outgoing)
        (stored,) = ingest_inbound(cast.x, [says("A colleague", remote_id="7", parent="1", own=True)])
        assert stored.direction == "out"

    def test_what_answers_a_post_of_another_profile_is_not_about_it(self, cast: Cast) -> None:
        our_post(cast.page, "7")
        ingest_inbound(cast.x, [says("Here", remote_id="8", parent="7", root="7")])
        assert only_conversation().about is None

    def test_what_answers_a_message_joins_it_though_nobody_names_the_top(self, cast: Cast, question: Message) -> None:
        ingest_inbound(cast.x, [says("More", remote_id="2", parent="1", minute=1)])
        ingest_inbound(cast.x, [says("Still more", remote_id="3", parent="2", minute=2)])
        assert only_conversation().message_count == 3

    def test_what_answers_an_answer_of_ours_that_has_no_id_yet_joins_it(self, cast: Cast, answer: Message) -> None:
        RemotePost.objects.filter(pk=our_post(cast.x, "7").pk).update(outgoing=answer.outgoing)
        ingest_inbound(cast.x, [says("Thank you", remote_id="8", parent="7", minute=9)])
        assert only_conversation().message_count == 3

    def test_what_waits_under_the_same_id_on_another_profile_is_left_alone(self, cast: Cast) -> None:
        ingest_inbound(cast.page, [says("There", remote_id="8", parent="7")])
        ingest_inbound(cast.x, [says("Here", remote_id="9", parent="7")])
        assert set(Conversation.objects.values_list("profile", "message_count")) == {(cast.page.pk, 1), (cast.x.pk, 1)}

    def test_holds_no_conversation_but_those_that_it_changes(self, cast: Cast, question: Message, monkeypatch) -> None:
        for number in ("7", "8"):
            ingest_inbound(cast.x, [says("Elsewhere", remote_id=number, author=EVE)])
            our_post(cast.x, f"9{number}")
        read: list[str] = []
        for model, name in ((Conversation, "root_id"), (RemotePost, "remote_id")):
            real = model.from_db

            def from_db(*given, real=real, name=name):
                row = real(*given)
                read.append(getattr(row, name))
                return row

            monkeypatch.setattr(model, "from_db", from_db)
        ingest_inbound(cast.x, [says("More", remote_id="2", parent="1", minute=1)])
        assert set(read) == {"1"}

    def test_of_one_profile_is_nothing_of_another(self, cast: Cast, question: Message) -> None:
        our_post(cast.page, "1")
        ingest_inbound(cast.page, [says("Mine", remote_id="2", parent="1", root="1")])
        assert Conversation.objects.filter(profile=cast.page).count() == 1
        ingest_inbound(cast.page, [says("Again", remote_id="1")])
        assert Message.objects.filter(profile=cast.page).count() == 2


class TestJoining:
    def test_a_chain_ends_in_its_last(self) -> None:
        a, b, c = (Conversation(pk=pk) for pk in (1, 2, 3))
        assert conversation_joining.end_of_chain(a, {1: b, 2: c}) is c
        assert conversation_joining.end_of_chain(c, {1: b, 2: c}) is c

    def test_messages_and_counts_go_into_the_one_that_goes_on(self, cast: Cast) -> None:
        for number in range(3):
            ingest_inbound(cast.x, [says(f"At {number}", remote_id=str(number), minute=number)])
        first, second, third = Conversation.objects.order_by("pk")
        Conversation.objects.filter(pk=first.pk).update(contact=None)
        first.contact = None
        conversation_joining.join_conversations([(second, first), (third, second)])
        assert list(Conversation.objects.values_list("pk", flat=True)) == [first.pk]
        assert set(Message.objects.values_list("conversation", flat=True)) == {first.pk}
        assert (first.message_count, first.snippet, first.contact) == (3, "At 2", Contact.objects.get())
        conversation_joining.join_conversations([])


class TestContacts:
    def kept(self, cast: Cast, *authors: Author, own: bool = False) -> dict[str, Contact]:
        return store_contacts(cast.x, [says(author=author, own=own) for author in authors])

    @pytest.mark.parametrize(
        ("author", "name", "handle", "face"),
        [
            (Author("501", "Robert", "rob", FACE), "Robert", "rob", FACE),
            (Author("501", "501", "", ""), "Bob Stone", "bob", FACE),
            (Author("501", "501", "rob", ""), "Bob Stone", "rob", FACE),
            (Author("501", "Robert", "", ""), "Robert", "bob", FACE),
            (Author("501", "Bob Stone", "bob", FACE + "?2"), "Bob Stone", "bob", FACE + "?2"),
        ],
    )
    def test_the_last_name_that_was_given_is_kept(self, cast: Cast, author, name, handle, face) -> None:
        self.kept(cast, Author("501", "Bob Stone", "bob", FACE))
        found = self.kept(cast, author)
        for row in (found["501"], Contact.objects.get()):
            assert (row.name, row.handle, row.avatar_url) == (name, handle, face)

    def test_nothing_is_written_where_nothing_is_new(self, cast: Cast, django_assert_num_queries) -> None:
        both = (Author("501", "Bob", "bob", FACE), Author("502", "502"))
        first = self.kept(cast, *both)
        with django_assert_num_queries(1):
            assert self.kept(cast, *both, Author("501", "501")) == first
        with django_assert_num_queries(2):
            self.kept(cast, Author("501", "Bobby"), Author("503", "Uma"))
        assert set(Contact.objects.values_list("remote_id", "name")) == {
            ("501", "Bobby"),
            ("502", "502"),
            ("503", "Uma"),
        }

    def test_all_who_wrote_are_returned_the_known_beside_the_new(self, cast: Cast) -> None:
        bob = self.kept(cast, BOB)["501"]
        found = self.kept(cast, BOB, EVE)
        assert (found["501"], set(found)) == (bob, {"501", "502"})
        assert self.kept(cast, BOB) == {"501": bob}

    def test_what_a_network_does_not_say_of_somebody_new_stays_empty(self, cast: Cast) -> None:
        found = self.kept(cast, Author("501", "Bob Stone"))["501"]
        assert (found.handle, found.avatar_url) == ("", "")

    def test_who_is_known_on_one_network_is_somebody_new_on_another(self, cast: Cast) -> None:
        self.kept(cast, BOB)
        there = store_contacts(cast.page, [says(author=BOB)])["501"]
        assert (there.network, Contact.objects.count()) == ("facebook", 2)

    def test_we_are_no_contact_of_ours_and_people_of_other_networks_are_others(self, cast: Cast) -> None:
        assert self.kept(cast, BOB, own=True) == {}
        self.kept(cast, BOB)
        store_contacts(cast.page, [says(author=Author("501", "Another"))])
        assert set(Contact.objects.values_list("network", "name")) == {("x", "Bob Stone"), ("facebook", "Another")}


class TestEchoes:
    @pytest.mark.parametrize(
        ("state", "flies"), [("sending", True), ("unknown", True), ("waiting", False), ("sent", False)]
    )
    def test_what_is_on_its_way_may_be_what_came_back(self, cast: Cast, answer: Message, state, flies) -> None:
        Outgoing.objects.update(state=state)
        found = texts_in_flight(cast.x)
        assert is_echo(says(" Coming "), {}, found) is flies
        assert is_echo(says("Going"), {}, found) is False
        assert texts_in_flight(cast.page) == set()

    def test_a_copy_that_left_through_us_is_one(self, cast: Cast, answer: Message) -> None:
        theirs = our_post(cast.x, "7")
        assert is_echo(says(remote_id="7"), {"7": theirs}, set()) is False
        theirs.outgoing = answer.outgoing
        assert is_echo(says(remote_id="7"), {"7": theirs}, set()) is True
        assert is_echo(says(remote_id="8"), {"7": theirs}, set()) is False

    def test_an_answer_that_has_no_id_yet_gets_the_networks(self, cast: Cast, answer: Message) -> None:
        copy = our_post(cast.x, "7")
        other = our_post(cast.x, "8")
        copy.outgoing = answer.outgoing
        link_copies({"7": copy, "8": other}, [says(remote_id="7"), says(remote_id="8"), says(remote_id="9")])
        assert Message.objects.get(pk=answer.pk).remote_id == "7"
        copy.remote_id = "6"
        link_copies({"6": copy}, [says(remote_id="6")])
        assert Message.objects.get(pk=answer.pk).remote_id == "7"


class TestElsewhere:
    """When the last answer was written on the network itself: neither here, nor by them, nor in another conversation."""

    def elsewhere(self, root: str) -> datetime | None:
        found: Any = annotate_elsewhere(Conversation.objects.all()).get(root_id=root)
        return found.elsewhere

    def test_the_last_that_a_colleague_wrote_there(self, cast: Cast) -> None:
        ingest_inbound(cast.x, [says("One?", remote_id="1"), says("Two?", remote_id="2", minute=1, author=EVE)])
        assert self.elsewhere("1") is None
        for number in (5, 9, 7):
            ingest_inbound(cast.x, [says("Ours", remote_id=f"1{number}", parent="1", minute=number, own=True)])
        ingest_inbound(cast.x, [says("Thanks", remote_id="20", parent="1", minute=20)])
        assert self.elsewhere("1") == minute(9)
        assert self.elsewhere("2") is None

    def test_what_left_through_us_was_not_written_there(self, answer: Message) -> None:
        assert self.elsewhere("1") is None


def test_conversations_of_others_are_untouched_by_all_of_this(cast: Cast, question: Message) -> None:
    with scope(cast.globex):
        ingest_inbound(cast.theirs, [says("Theirs", remote_id="1")])
        assert Conversation.objects.count() == Contact.objects.count() == 1
    assert Conversation.objects.count() == Contact.objects.count() == 1
