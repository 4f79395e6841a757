"""What came in is followed: edited, hidden, shown again, removed, by push and by the next poll."""

import json
from datetime import timedelta

import pytest
from django.utils.timezone import now

from inbox.actions.ingest import ingest_inbound
from inbox.actions.message_changes import follow_changes, follow_reading, next_look_time
from inbox.models import Conversation, Message
from inbox.queries.message_looks import list_due_looks
from networks import errors
from networks.contract import Adapter, InboundChange, InboundPage, Polls, Refetches
from networks.incoming import intake
from networks.models import Cursor, WebhookReceipt
from tests.cast import Cast
from tests.inbox.talk import our_post, says
from tests.rest.caller import caller

pytestmark = pytest.mark.usefixtures("in_acme")


@pytest.fixture
def comment(cast: Cast) -> Message:
    our_post(cast.page, "111_222")
    [made] = ingest_inbound(cast.page, [says("Is it open?", remote_id="222_333", parent="111_222", root="111_222")])
    return made


def waits(message: Message) -> bool:
    return Conversation.objects.get(pk=message.conversation_id).unanswered_since is not None


def pushed(cast: Cast, verb: str, **value: object) -> None:
    """A change of the comment as Facebook pushes it, digested."""
    value = {
        "item": "comment",
        "verb": verb,
        "comment_id": "222_333",
        "post_id": "111_222",
        "parent_id": "111_222",
        "from": {"id": "501", "name": "Bob Stone"},
        "created_time": 1767322000,
        **value,
    }
    change = {"field": "feed", "value": value}
    body = json.dumps({"object": "page", "entry": [{"id": cast.page.remote_id, "changes": [change]}]}).encode()
    receipt = intake.store_receipt("facebook", body, sandbox=False)
    assert receipt is not None
    intake.digest_receipt(receipt.pk)
    assert WebhookReceipt.objects.get(pk=receipt.pk).error == ""


@pytest.mark.parametrize("verb", ["edited", "edit", "update"])
def test_an_edit_is_followed_and_told(cast: Cast, comment: Message, sign_in, verb: str) -> None:
    pushed(cast, verb, message="Is it open on Sunday?")
    comment.refresh_from_db()
    assert (comment.text, comment.edited_at is not None, waits(comment)) == ("Is it open on Sunday?", True, True)
    assert Conversation.objects.get(pk=comment.conversation_id).snippet == "Is it open on Sunday?"
    page = sign_in(cast.olive).get(f"/o/acme/inbox/{comment.conversation_id}/").content.decode()
    assert "Is it open on Sunday?" in page
    assert "Edited" in page
    [shape] = caller(cast.olive).get(f"conversations/{comment.conversation_id}/messages/").json()["results"]
    assert (shape["text"], bool(shape["edited_at"]), shape["removed_at"]) == ("Is it open on Sunday?", True, None)


def test_an_edit_of_what_was_never_heard_of_comes_in(cast: Cast) -> None:
    our_post(cast.page, "111_222")
    pushed(cast, "edited", message="Second thought")
    assert Message.objects.get().text == "Second thought"


@pytest.mark.parametrize(("verb", "said"), [("hide", "Hidden on Facebook"), ("remove", "Removed on Facebook")])
def test_what_is_hidden_or_removed_waits_no_longer(cast: Cast, comment: Message, sign_in, verb: str, said: str) -> None:
    pushed(cast, verb)
    comment.refresh_from_db()
    assert (comment.hidden_at is not None, comment.removed_at is not None) == (verb == "hide", verb == "remove")
    assert not waits(comment)
    assert said in sign_in(cast.olive).get(f"/o/acme/inbox/{comment.conversation_id}/").content.decode()
    [shape] = caller(cast.olive).get(f"conversations/{comment.conversation_id}/messages/").json()["results"]
    assert (bool(shape["hidden_at"]), bool(shape["removed_at"])) == (verb == "hide", verb == "remove")


def test_what_is_shown_again_waits_again_since_it_was_said(cast: Cast, comment: Message) -> None:
    pushed(cast, "hide")
    pushed(cast, "unhide")
    comment.refresh_from_db()
    assert comment.hidden_at is None
    assert Conversation.objects.get(pk=comment.conversation_id).unanswered_since == comment.sent_at


def test_others_of_the_thread_go_on_waiting(cast: Cast, comment: Message) -> None:
    ingest_inbound(cast.page, [says("Hello?", remote_id="222_334", parent="222_333", root="111_222", minute=9)])
    pushed(cast, "remove")
    assert Conversation.objects.get().unanswered_since == Message.objects.get(remote_id="222_334").sent_at


def test_what_is_pushed_twice_or_late_does_not_undo(cast: Cast, comment: Message) -> None:
    pushed(cast, "edited", message="Is it open now?")
    pushed(cast, "add", message="Is it open?")
    comment.refresh_from_db()
    assert comment.text == "Is it open now?"
    edited_at = comment.edited_at
    assert follow_changes(cast.page, [InboundChange("222_333", text="Is it  open now? ")]) == []
    comment.refresh_from_db()
    assert comment.edited_at == edited_at


def test_nobody_elses_message_is_changed(cast: Cast, comment: Message) -> None:
    """The same id on another profile, or in another organization, is another thing; and ours are ours."""
    [other] = ingest_inbound(cast.x, [says("Mine", remote_id="222_333")])
    [own] = ingest_inbound(
        cast.page, [says("Ours", remote_id="9", parent="222_333", root="111_222", own=True, minute=3)]
    )
    changes = [InboundChange("222_333", removed=True), InboundChange("9", text="Other")]
    assert [one.pk for one in follow_changes(cast.page, changes)] == [comment.pk]
    other.refresh_from_db()
    own.refresh_from_db()
    assert (other.removed_at, own.text) == (None, "Ours")


def test_a_poll_follows(cast: Cast, comment: Message) -> None:
    page = InboundPage((), {"since": "x"}, changes=(InboundChange("222_333", text="Edited", hidden=True),))
    intake.store_page(cast.page, {}, page)
    comment.refresh_from_db()
    assert (comment.text, comment.hidden_at is not None, waits(comment)) == ("Edited", True, False)


def test_what_the_lists_do_not_show_is_looked_at_again(cast: Cast, comment: Message) -> None:
    follow_reading(cast.page, [], {}, looked=["222_333"])
    assert list_due_looks(cast.page) == []
    Message.objects.update(sent_at=now() - timedelta(minutes=30))
    seen = {"111_222": now() - timedelta(hours=1)}
    follow_reading(cast.page, [InboundChange("222_333")], seen, looked=[])
    assert list_due_looks(cast.page) == []
    follow_reading(cast.page, [], {"111_222": now() - timedelta(minutes=5)}, looked=[])
    assert list_due_looks(cast.page) == []
    follow_reading(cast.page, [], seen, looked=[])
    assert list_due_looks(cast.page) == ["222_333"]
    assert Message.objects.get().removed_at is None


def test_looks_grow_rare_and_end(cast: Cast, comment: Message) -> None:
    assert list_due_looks(cast.page) == ["222_333"]
    assert list_due_looks(cast.x) == []
    at = comment.sent_at + timedelta(minutes=10)
    assert next_look_time(comment, at) == at + timedelta(minutes=10)
    assert next_look_time(comment, comment.sent_at - timedelta(minutes=5)) > comment.sent_at - timedelta(minutes=5)
    assert next_look_time(comment, comment.sent_at + timedelta(days=15)) is None
    comment.removed_at = at
    assert next_look_time(comment, at) is None


class Silent(Adapter, Polls, Refetches):
    """A network that hears nothing new; `said` is what it does when it is asked about old things."""

    said: list[InboundChange] | errors.NetworkError

    def __init__(self) -> None:
        pass

    def identify(self):
        raise NotImplementedError

    measure_text = len

    def fetch_inbound(self, cursor, *, posts):
        return InboundPage((), {"since": "y"})

    def refetch_inbound(self, remote_ids):
        self.asked = list(remote_ids)
        if isinstance(self.said, errors.NetworkError):
            raise self.said
        return self.said


@pytest.fixture
def network(monkeypatch) -> Silent:
    made = Silent()
    monkeypatch.setattr(intake, "open_adapter", lambda profile: made)
    return made


def test_the_next_poll_looks_again(cast: Cast, comment: Message, network: Silent) -> None:
    network.said = [InboundChange("222_333", removed=True)]
    intake.poll_profile(cast.page.pk)
    comment.refresh_from_db()
    assert network.asked == ["222_333"]
    assert (comment.removed_at is not None, comment.look_at, waits(comment)) == (True, None, False)


@pytest.mark.parametrize(
    ("error", "noted"),
    [
        (errors.Unavailable("Not now."), ""),
        (errors.Refused("No."), ""),
        (errors.RateLimited("Enough.", retry_at=now() + timedelta(hours=1)), "Enough."),
    ],
)
def test_a_look_that_fails_takes_nothing_from_the_poll(
    cast: Cast, comment: Message, network: Silent, error: errors.NetworkError, noted: str
) -> None:
    network.said = error
    intake.poll_profile(cast.page.pk)
    cursor = Cursor.objects.get(profile=cast.page)
    assert (cursor.position, cursor.error) == ({"since": "y"}, noted)
    comment.refresh_from_db()
    assert comment.look_at is not None
