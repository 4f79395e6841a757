"""Facebook Pages: the common contract, then what only Facebook does."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest

from networks.adapters.facebook import parse
from networks.adapters.facebook.adapter import FacebookAdapter
from networks.adapters.facebook.errors import read_problem
from networks.contract import Access, Draft, DraftKind, InboundChange, InboundKind, MediaKind
from networks.errors import Ambiguous, Disconnected, RateLimited, Refused, Unavailable
from tests.networks.contract import AdapterContract, brought, just_now, picture, pictured, post
from tests.networks.fake_graph import PAGE_ID, FakeGraph


class TestFacebook(AdapterContract):
    def ids_of(self, net: FakeGraph) -> list[str]:
        return list(net.posts)

    @pytest.fixture
    def net(self, graph: FakeGraph) -> FakeGraph:
        return graph

    @pytest.fixture
    def adapter(self, facebook: FacebookAdapter) -> FacebookAdapter:
        return facebook

    @pytest.fixture
    def deaf_adapter(self) -> FacebookAdapter:
        return FacebookAdapter(Access(PAGE_ID, "acme", "http://127.0.0.1:9", {"access_token": "token"}))


def reply(parent: str, text: str = "Thank you", thread: str | None = None) -> Draft:
    return Draft(DraftKind.REPLY, text, in_reply_to=parent, thread_id=thread)


def test_identify_asks_for_the_page(facebook: FacebookAdapter) -> None:
    found = facebook.identify()
    assert (found.remote_id, found.name, found.avatar_url) == (PAGE_ID, "Acme", "https://img.example/111")


def test_calls_prove_which_app_makes_them(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    facebook.publish(post())
    proof = hmac.new(b"the-app-secret", graph.token.encode(), hashlib.sha256).hexdigest()
    assert {call.query["appsecret_proof"] for call in graph.calls} == {proof}
    assert all(call.path.startswith("/v25.0/") for call in graph.calls)


def test_the_link_is_the_one_facebook_gives(facebook: FacebookAdapter) -> None:
    published = facebook.publish(post())
    assert published.permalink == f"https://www.facebook.com/acme/posts/{published.remote_id}"


def test_pictures_are_named_in_json_and_our_own_names_stay_here(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    ids = [brought(facebook), brought(facebook)]
    facebook.publish(pictured(ids))
    first, create = graph.calls[0], next(call for call in graph.calls if call.path.endswith("/feed"))
    assert json.loads(create.form["attached_media"]) == [{"media_fbid": one.media_id} for one in ids]
    assert b'filename="picture.png"' in first.body
    assert b"image/png" in first.body


@pytest.mark.parametrize("kind", [MediaKind.GIF, MediaKind.VIDEO])
def test_only_still_pictures_go_to_facebook(facebook: FacebookAdapter, graph: FakeGraph, kind: MediaKind) -> None:
    with pytest.raises(Refused, match="still pictures"):
        facebook.upload(replace(picture(), kind=kind), BytesIO(b"GIF89a"))
    assert graph.calls == []
    assert not facebook.capabilities.most(kind)


def test_a_comment_never_leaves_without_its_pictures(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    held = brought(facebook)
    draft = replace(reply(graph.add("Our post")), media=(picture(),), uploads=(held,))
    with pytest.raises(Refused, match="comment"):
        facebook.publish(draft)
    assert graph.comments == {}


def test_a_link_in_words_alone_is_no_picture() -> None:
    item = {"id": "1_2", "message": "Look", "attachments": {"data": [{"type": "share", "target": {"id": "7"}}]}}
    assert parse.is_copy_of(item, post("Look"))


@pytest.mark.parametrize("fault", ["silent", "cut", "error", "signed_out", "limited", "nonsense"])
def test_a_link_that_cannot_be_read_leaves_the_post_confirmed(
    facebook: FacebookAdapter, graph: FakeGraph, fault: str
) -> None:
    graph.fail_next(fault, read=True)
    published = facebook.publish(post())
    assert published.permalink == f"https://www.facebook.com/{published.remote_id}"


def test_a_reply_goes_beneath_its_comment_and_is_found_there(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    began = just_now()
    ours = graph.add("Our post")
    asked = graph.comment(ours, "When do you open?")
    graph.comment(ours, "Thank you", parent=asked)
    graph.fail_next("cut_after")
    with pytest.raises(Ambiguous):
        facebook.publish(reply(asked))
    found = facebook.find(reply(asked), since=began)
    assert found is not None
    assert graph.comments[ours][-1]["id"] == found.remote_id
    assert facebook.find(reply(asked, "Something else"), since=began) is None


def test_an_answer_to_an_answer_goes_to_the_comment_above(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    ours = graph.add("Our post")
    asked = graph.comment(ours, "When?")
    nested = graph.comment(ours, "And where?", parent=asked)
    facebook.publish(reply(nested, thread=asked))
    assert graph.comments[ours][-1]["parent"] == {"id": asked}


def test_a_thread_that_is_the_post_does_not_lift_a_reply_out_of_it(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    ours = graph.add("Our post")
    asked = graph.comment(ours, "When?")
    facebook.publish(reply(asked, thread=ours))
    assert graph.comments[ours][-1]["parent"] == {"id": asked}


def test_a_first_comment_is_a_reply_to_the_post(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    ours = facebook.publish(post()).remote_id
    facebook.publish(reply(ours, "The recipe"))
    assert [one["message"] for one in graph.comments[ours]] == ["The recipe"]


@pytest.mark.parametrize(
    ("fault", "error", "says"),
    [
        ("signed_out", Disconnected, "expired"),
        ("lost_page", Disconnected, "no longer lets us"),
        ("no_permission", Disconnected, "permission"),
        ("blocked", Refused, "temporarily blocked"),
        ("transient", Ambiguous, "looked up"),
    ],
)
def test_what_people_are_told(
    facebook: FacebookAdapter, graph: FakeGraph, fault: str, error: type[Exception], says: str
) -> None:
    graph.fail_next(fault)
    with pytest.raises(error, match=says):
        facebook.publish(post())


def test_a_passing_fault_of_a_read_is_unavailable(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    graph.fail_next("transient", read=True)
    with pytest.raises(Unavailable):
        facebook.identify()


def test_a_limit_lasts_as_long_as_facebook_says(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    graph.fail_next("limited")
    with pytest.raises(RateLimited) as caught:
        facebook.publish(post())
    assert caught.value.retry_at > just_now() + timedelta(minutes=19)


@pytest.mark.parametrize("body", [None, [], "words", 3, {"error": "words"}, {"error": {"code": "x"}}, {"error": []}])
def test_any_error_body_can_be_read(body: Any) -> None:
    assert isinstance(read_problem(body).message, str)


def test_comments_come_oldest_first_with_what_they_answer(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    elsewhere = graph.add("Posted on Facebook itself", at=start)
    ids = [graph.comment(elsewhere, f"number {n}", at=start + timedelta(seconds=n)) for n in range(4)]
    ids.append(graph.comment(elsewhere, "nested", parent=ids[0], author=PAGE_ID, at=start + timedelta(seconds=9)))
    page = facebook.fetch_inbound({}, posts=[])
    assert [item.remote_id for item in page.items] == ids
    first, last = page.items[0], page.items[-1]
    assert (first.kind, first.parent_id, first.root_post_id, first.from_self) == (
        InboundKind.COMMENT, elsewhere, elsewhere, False,
    )  # fmt: skip
    assert (last.kind, last.parent_id, last.from_self) == (InboundKind.REPLY, ids[0], True)
    assert page.cursor == {"since": (start + timedelta(seconds=9)).isoformat()}


def test_the_next_poll_overlaps_and_leaves_out_what_is_old(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    ours = graph.add("Our post", at=start)
    graph.comment(ours, "old", at=start)
    for n in range(6):
        graph.comment(ours, f"new {n}", at=start + timedelta(minutes=50 + n))
    page = facebook.fetch_inbound({"since": (start + timedelta(minutes=52)).isoformat()}, posts=[ours])
    assert [item.text for item in page.items] == [f"new {n}" for n in range(6)]
    assert facebook.fetch_inbound(page.cursor, posts=[]).cursor == page.cursor


def test_hidden_authors_and_deleted_posts(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    ours = graph.add("Our post")
    graph.comment(ours, "I am hidden", author=None)
    page = facebook.fetch_inbound({}, posts=["111_999", ours])
    assert [(item.author, item.from_self) for item in page.items] == [(None, False)]


def test_visitors_posts_and_tagged_ones_are_mentions(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    graph.add("Lovely place", author="8")
    graph.tagged = [{"id": "8_1", "message": "At Acme", "from": {"id": "8", "name": "Max"}}]
    found = {item.text: item.kind for item in facebook.fetch_inbound({}, posts=[]).items}
    assert found == {"Lovely place": InboundKind.MENTION, "At Acme": InboundKind.MENTION}


@pytest.mark.parametrize(("fault", "error"), [("signed_out", Disconnected), ("limited", RateLimited)])
def test_what_concerns_every_read_is_not_swallowed(
    facebook: FacebookAdapter, graph: FakeGraph, fault: str, error: type[Exception]
) -> None:
    graph.fail_next(fault, read=True, times=2)
    with pytest.raises(error):
        facebook.fetch_inbound({}, posts=[])


def test_numbers(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    ours = graph.add("Our post")
    graph.comment(ours, "Nice")
    (found,) = facebook.measure_posts([ours])
    assert found.values == {"likes": 4, "replies": 1, "reposts": 0, "impressions": 40, "clicks": None}
    assert set(found.missing) == {"clicks"}


def test_posts_that_are_gone_do_not_spoil_the_batch(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    ours = [graph.add(f"Post {n}") for n in range(5)]
    found = facebook.measure_posts([*ours[:2], "111_999", *ours[2:]])
    assert [metrics.remote_id for metrics in found] == ours


def test_a_metric_that_was_refused_is_not_asked_again(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    facebook.measure_posts([graph.add("One"), graph.add("Two")])
    asked = [call.query["metric"] for call in graph.calls if call.path.endswith("/insights")]
    assert asked == ["post_media_view", "post_clicks", "post_media_view"]


def test_insights_that_fail_leave_the_other_numbers(facebook: FacebookAdapter, graph: FakeGraph) -> None:
    ours = graph.add("Our post")
    graph.metrics = {}
    (found,) = facebook.measure_posts([ours])
    assert (found.values["likes"], found.values["impressions"]) == (4, None)
    assert "valid insights metric" in found.missing["impressions"]


def test_followers(facebook: FacebookAdapter) -> None:
    found = facebook.measure_profile()
    assert (found.remote_id, found.values) == (PAGE_ID, {"followers": 77})


def test_paging_without_cursors_reads_only_the_query_of_next() -> None:
    assert parse.next_cursor({"paging": {"next": "https://evil.example/x?after=abc&access_token=t"}}) == "abc"
    assert parse.next_cursor({"paging": {"cursors": {"after": "abc"}}}) is None
    assert parse.next_cursor({"data": []}) is None


def test_push_is_verified_over_raw_bytes() -> None:
    body = b'{"object":"page","x":"\\u00fc"}'
    headers = {"X-Hub-Signature-256": "sha256=" + hmac.new(b"secret", body, hashlib.sha256).hexdigest()}
    assert FacebookAdapter.verify_push(body, headers, secret="secret")
    assert not FacebookAdapter.verify_push(body + b" ", headers, secret="secret")
    assert not FacebookAdapter.verify_push(body, headers, secret="")
    assert not FacebookAdapter.verify_push(body, {}, secret="secret")


def test_the_handshake_is_answered_to_those_who_know_the_token() -> None:
    params = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "known"}
    assert FacebookAdapter.challenge(params, secret="", verify_token="known") == "1158201444"
    assert FacebookAdapter.challenge(params, secret="", verify_token="other") is None
    assert FacebookAdapter.challenge({**params, "hub.verify_token": ""}, secret="", verify_token="") is None


def test_push_changes_become_items() -> None:
    value = {
        "item": "comment", "verb": "add", "comment_id": "222_333", "post_id": "111_222", "parent_id": "111_222",
        "from": {"id": PAGE_ID, "name": "Acme"}, "message": "hi", "created_time": 1767322000,
    }  # fmt: skip
    changes = [{"field": "feed", "value": value}, {"field": "feed", "value": {**value, "verb": "remove"}}]
    body = json.dumps({"object": "page", "entry": [{"id": PAGE_ID, "changes": changes}]}).encode()
    item, change = FacebookAdapter.parse_push(body)[PAGE_ID]
    assert change == InboundChange("222_333", removed=True)
    assert (item.remote_id, item.kind, item.parent_id) == ("222_333", InboundKind.COMMENT, "111_222")
    assert item.from_self
    assert item.sent_at == datetime.fromtimestamp(1767322000, UTC)


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b'{"object": "page", "entry": [{"changes": [1]}]}', b"\xff"])
def test_push_that_is_not_understood_is_left_out(body: bytes) -> None:
    assert FacebookAdapter.parse_push(body) == {}
