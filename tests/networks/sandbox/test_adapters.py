"""The real adapters against the practice networks, over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from networks import errors
from networks.access import open_adapter
from networks.contract import Draft, DraftKind, InboundKind
from networks.sandbox.actions import write_entry
from networks.sandbox.models import Entry
from organizations.tenancy import scope
from tests.networks.contract import TEXT

POST = Draft(DraftKind.POST, TEXT)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def says(acme, account, nora):
    """says(text, under=) -> an entry of Nora's, addressed to the account."""

    def said(text: str, under: Entry | None = None, at: datetime | None = None) -> Entry:
        with scope(acme):
            wall = account if account.network == "facebook" else None
            named = text if under or wall else f"@{account.handle} {text}"
            return write_entry(nora, named, under=under, wall=wall, at=at)

    return said


def entry(organization, remote_id: str) -> Entry:
    with scope(organization):
        return Entry.objects.select_related("root").get(remote_id=remote_id)


def test_identity(adapter, profile) -> None:
    found = adapter.identify()
    assert (found.remote_id, found.handle, found.name) == (profile.remote_id, profile.handle, "Acme Shop")
    assert found.url == profile.url or profile.network == "x"


def test_a_post_is_published_and_found_again(adapter, account, acme) -> None:
    began = now()
    published = adapter.publish(POST)
    assert entry(acme, published.remote_id).text == TEXT
    assert adapter.find(POST, since=began).remote_id == published.remote_id
    assert adapter.find(POST, since=began, taken=[published.remote_id]) is None
    assert adapter.find(Draft(DraftKind.POST, "something else"), since=began) is None


def test_the_same_text_again_is_a_duplicate(adapter) -> None:
    adapter.publish(POST)
    with pytest.raises(errors.Duplicate):
        adapter.publish(POST)


def test_what_the_audience_says_is_polled_once(adapter, says) -> None:
    says("Are you open on <Sunday> & Monday? https://acme.example/hours")
    first = adapter.fetch_inbound({}, posts=[])
    (item,) = first.items
    assert item.text.endswith("Are you open on <Sunday> & Monday? https://acme.example/hours")
    assert (item.kind, item.author.name, item.from_self) == (InboundKind.MENTION, "Nora Lindqvist", False)
    later = says("And on Tuesday?")
    assert later.remote_id in [one.remote_id for one in adapter.fetch_inbound(first.cursor, posts=[]).items]


def test_an_empty_inbox_is_empty(adapter) -> None:
    assert adapter.fetch_inbound({}, posts=[]).items == ()


def test_answers_beneath_our_post_come_in_and_can_be_answered(adapter, says, acme) -> None:
    ours = adapter.publish(POST)
    question = says("Do you ship to Bilbao?", under=entry(acme, ours.remote_id))
    items = adapter.fetch_inbound({}, posts=[ours.remote_id]).items
    item = next(one for one in items if one.remote_id == question.remote_id)
    assert (item.parent_id, item.root_post_id) == (ours.remote_id, ours.remote_id)
    assert item.kind in {InboundKind.REPLY, InboundKind.COMMENT}
    began = now()
    reply = Draft(DraftKind.REPLY, "We do, in two days.", in_reply_to=question.remote_id)
    answered = adapter.publish(reply)
    assert adapter.find(reply, since=began).remote_id == answered.remote_id
    assert entry(acme, answered.remote_id).parent_id == question.pk


def test_numbers_grow_and_never_fall(adapter, acme, account, says) -> None:
    with scope(acme):
        wall = account if account.network == "facebook" else None
        old = write_entry(account, "Two days old", wall=wall, at=now() - timedelta(days=2))
    (before,) = adapter.measure_posts([old.remote_id, "404404404"])
    says("Lovely", under=old)
    (after,) = adapter.measure_posts([old.remote_id])
    assert before.values["impressions"] > 50
    assert after.values["replies"] == before.values["replies"] + 1
    assert all(after.values[key] >= value for key, value in before.values.items())
    assert not after.missing
    assert adapter.measure_profile().values["followers"] >= 800


def test_many_mentions_are_drained_in_order(adapter, says) -> None:
    start = now() - timedelta(hours=9)
    ids = [says(f"Question {number}", at=start + timedelta(minutes=number)).remote_id for number in range(103)]
    found = [one.remote_id for one in adapter.fetch_inbound({}, posts=[]).items]
    # A Page's first poll reads the newest posts only.
    assert found == ids[-len(found) :]
    assert len(found) == 103 if adapter.network == "x" else len(found) >= 25


def test_another_organization_sees_nothing(adapter, profile, acme, cast, connect, says) -> None:
    ours = adapter.publish(POST)
    question = says("For acme only")
    theirs = connect(cast.globex, profile.network, profile.handle)
    assert theirs.remote_id != profile.remote_id
    with scope(cast.globex):
        spy = open_adapter(theirs)
    assert spy.measure_posts([ours.remote_id, question.remote_id]) == []
    assert spy.fetch_inbound({}, posts=[ours.remote_id]).items == ()
    with pytest.raises(errors.Refused):
        spy.publish(Draft(DraftKind.REPLY, "Hello", in_reply_to=question.remote_id))
    assert spy.find(POST, since=now() - timedelta(hours=1)) is None
