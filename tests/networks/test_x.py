"""X: the common contract, then what only X does."""

import base64
import hashlib
import hmac
import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

from networks.adapters.x import media_upload, parse
from networks.adapters.x.adapter import XAdapter
from networks.adapters.x.errors import read_problem
from networks.contract import Access, Draft, DraftKind, InboundKind, Uploaded
from networks.errors import AppMisconfigured, AppShutOut, Disconnected, Gone, RateLimited, Refused, Unavailable
from tests.networks.contract import AdapterContract, brought, just_now, pictured, post
from tests.networks.fake import serving
from tests.networks.fake_x import OWN_ID, FakeX


class TestX(AdapterContract):
    upload_steps = 4  # announced, brought, closed, described

    def ids_of(self, net: FakeX) -> list[str]:
        return [one["id"] for one in net.own]

    @pytest.fixture
    def net(self, fake_x: FakeX) -> FakeX:
        return fake_x

    @pytest.fixture
    def adapter(self, x: XAdapter) -> XAdapter:
        return x

    @pytest.fixture
    def deaf_adapter(self) -> XAdapter:
        return XAdapter(Access(OWN_ID, "acme", "http://127.0.0.1:9", {"access_token": "token"}))


def test_identify_asks_x(x: XAdapter) -> None:
    found = x.identify()
    assert (found.remote_id, found.handle, found.url) == (OWN_ID, "acme", "https://x.com/acme")


def test_permalink_names_the_profile(x: XAdapter) -> None:
    published = x.publish(post())
    assert published.permalink == f"https://x.com/acme/status/{published.remote_id}"


def test_over_the_limit_is_refused_in_words_of_x(x: XAdapter) -> None:
    with pytest.raises(Refused, match="not permitted"):
        x.publish(post("a" * 281))


def test_a_big_file_goes_in_segments_with_a_sign_of_life_between(fake_x: FakeX) -> None:
    keep_alive: list[int] = []
    content = b"x" * (2 * media_upload.SEGMENT_SIZE + 7)
    with serving(fake_x) as base_url:
        access = Access(
            OWN_ID,
            "acme",
            base_url,
            {"access_token": fake_x.token},
            keep_alive=lambda: keep_alive.append(len(fake_x.calls)),
        )
        held = brought(XAdapter(access), content)
    sizes = [len(call.parts["media"]) for call in fake_x.calls if call.path.endswith("/append")]
    assert sizes == [media_upload.SEGMENT_SIZE, media_upload.SEGMENT_SIZE, 7]
    assert keep_alive == [1, 2, 3, 4, 5]
    assert fake_x.held[held.media_id].content == content
    assert fake_x.calls[0].json == {
        "media_type": "image/png", "total_bytes": len(content), "media_category": "tweet_image",
    }  # fmt: skip


def test_a_signed_upload_names_no_secret(fake_x: FakeX) -> None:
    fake_x.accepts = lambda call: call.headers["authorization"].startswith("OAuth ")  # type: ignore[method-assign]
    secrets = {"oauth_token": "the-oauth-token", "oauth_token_secret": "the-oauth-secret"}
    with serving(fake_x) as base_url:
        held = brought(
            XAdapter(Access(OWN_ID, "acme", base_url, secrets, {"consumer_key": "k", "consumer_secret": "s"}))
        )
    assert fake_x.held[held.media_id].alt_text == "A boot"
    assert not [call for call in fake_x.calls if "the-oauth-secret" in f"{call.headers} {call.body!r}"]


def test_x_says_when_to_look_again_within_reason(x: XAdapter, fake_x: FakeX) -> None:
    fake_x.processing = ["pending", "in_progress", "succeeded"]
    held = brought(x)
    assert just_now() < held.ready_at <= just_now() + timedelta(seconds=2)
    for _ in range(2):
        held = x.check_upload(held)
        assert just_now() + timedelta(seconds=5) < held.ready_at <= just_now() + timedelta(seconds=60)
    assert x.check_upload(held).ready_at is None


def test_what_x_cannot_use_is_refused_in_its_words(x: XAdapter, fake_x: FakeX) -> None:
    fake_x.processing = ["pending", "failed"]
    held = x.check_upload(brought(x))
    fake_x.processing = ["failed"]
    with pytest.raises(Refused, match="Unsupported frame rate") as caught:
        x.check_upload(held)
    assert fake_x.token not in f"{caught.value} {caught.value.detail} {caught.value.user_message}"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"data": []},
        {"data": {"id": "1"}},
        {"data": {"id": "1", "processing_info": 7, "expires_after_secs": "x", "media_key": 3}},
        {"data": {"id": "1", "processing_info": {"state": "failed"}, "expires_after_secs": 10**40}},
        {"errors": [{"type": "https://api.x.com/2/problems/resource-not-found"}]},
    ],
)
def test_any_word_on_an_upload_can_be_read(body: dict[str, Any]) -> None:
    access = Access(OWN_ID, "acme", "", {})
    with suppress(Refused, Unavailable):
        assert (
            media_upload.fetch_upload_status(lambda *args, **params: body, access, Uploaded("1", "3_1")).media_id == "1"
        )


def test_files_that_x_no_longer_has_are_gone(x: XAdapter, fake_x: FakeX) -> None:
    held = brought(x)
    fake_x.held.clear()
    with pytest.raises(Gone, match="files"):
        x.publish(pictured([held]))


def test_a_reply_may_show_pictures(x: XAdapter, fake_x: FakeX) -> None:
    began = just_now()
    draft = replace(pictured([brought(x)]), kind=DraftKind.REPLY, in_reply_to=fake_x.mention("Hello?"))
    sent = x.publish(draft)
    assert x.find(draft, since=began).remote_id == sent.remote_id


@pytest.mark.parametrize(
    ("shown", "text", "ours"),
    [
        (["3_1"], "Look", False),
        (["3_1"], "Look https://x.com/nora/status/9/video/1", True),  # X shows the video of such a link
        ([], "Look", True),
    ],
)
def test_words_alone_are_not_a_post_with_pictures(shown: list[str], text: str, ours: bool) -> None:
    item = {"id": "17", "text": text, "attachments": {"media_keys": shown}}
    assert parse.is_copy_of(item, post(text)) is ours


def test_the_kind_in_front_of_a_marker_may_change() -> None:
    item = {"id": "17", "text": "", "attachments": {"media_keys": ["7_123"]}}
    assert parse.is_copy_of(item, pictured([Uploaded("123", "13_123")]))


def test_a_reply_is_found_beneath_its_parent_only(x: XAdapter, fake_x: FakeX) -> None:
    began = just_now()
    parent = fake_x.mention("Hello?")
    reply = Draft(DraftKind.REPLY, "Hi & welcome", in_reply_to=parent)
    sent = x.publish(reply)
    assert x.find(reply, since=began).remote_id == sent.remote_id
    assert x.find(post("Hi & welcome"), since=began) is None


@pytest.mark.parametrize(
    "text",
    ["acme.example/a is new", "www.acme.com is new", "A &amp; B, written out", "two  spaces\nand a line", "cafe\u0301"],
)
def test_text_is_recognised_however_x_changed_it(x: XAdapter, text: str) -> None:
    began = just_now()
    x.publish(post(text))
    assert x.find(post(text), since=began) is not None


def test_a_post_without_a_time_or_a_snowflake_still_counts() -> None:
    assert parse.sent_time_of({"id": "17"}) is None
    assert parse.is_copy_of({"id": "17", "text": "Hi"}, post("Hi"))


def test_the_link_to_own_pictures_is_not_text() -> None:
    link = {"url": "https://t.co/x", "expanded_url": "https://x.com/acme/status/1/photo/1"}
    item = {"text": "Look https://t.co/x", "entities": {"urls": [link]}}
    assert parse.is_copy_of(item, post("Look"))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("no_credits", AppShutOut),
        ("wrong_app", AppShutOut),
        ("app_lacks", AppMisconfigured),
        ("suspended", Disconnected),
    ],
)
def test_whose_fault_it_is(x: XAdapter, fake_x: FakeX, fault: str, error: type[Exception]) -> None:
    fake_x.fail_next(fault)
    with pytest.raises(error) as caught:
        x.publish(post())
    assert caught.type is error


def test_the_longest_used_up_limit_decides(x: XAdapter, fake_x: FakeX) -> None:
    fake_x.fail_next("limited_day")
    with pytest.raises(RateLimited) as caught:
        x.publish(post())
    assert caught.value.retry_at > just_now() + timedelta(minutes=50)


def test_a_monthly_cap_lasts_until_the_month_ends(x: XAdapter, fake_x: FakeX) -> None:
    fake_x.fail_next("limited_month")
    with pytest.raises(RateLimited) as caught:
        x.publish(post())
    assert caught.value.retry_at.day == 1


@pytest.mark.parametrize(
    "body", [None, [], "words", 3, {"errors": "words"}, {"errors": None, "detail": 5}, {"error": {}}]
)
def test_any_error_body_can_be_read(body: Any) -> None:
    assert isinstance(read_problem(body).detail, str)


def test_mentions_are_drained_oldest_first_and_only_once(x: XAdapter, fake_x: FakeX) -> None:
    ours = fake_x.add("Our post")
    ids = [fake_x.mention(f"@acme number {n}") for n in range(4)]
    ids.append(fake_x.mention("@acme &lt;3 is &amp;lt;3", parent=ours))
    page = x.fetch_inbound({}, posts=[])
    assert [item.remote_id for item in page.items] == ids
    assert page.cursor == {"since_id": ids[-1]}
    last = page.items[-1]
    assert (last.kind, last.parent_id, last.root_post_id) == (InboundKind.REPLY, ours, ours)
    assert (last.author.handle, last.permalink) == ("nora", f"https://x.com/nora/status/{ids[-1]}")
    assert page.items[0].kind is InboundKind.MENTION
    again = x.fetch_inbound(page.cursor, posts=[])
    assert (again.items, again.cursor) == ((), page.cursor)


def test_our_own_echo_is_marked(x: XAdapter, fake_x: FakeX) -> None:
    fake_x.mention("@acme talking to ourselves", author=OWN_ID)
    assert [item.from_self for item in x.fetch_inbound({}, posts=[]).items] == [True]


def test_inbound_text_is_as_people_read_it(x: XAdapter, fake_x: FakeX) -> None:
    fake_x.mention("@acme is <b> & https://acme.example/menu right?")
    assert x.fetch_inbound({}, posts=[]).items[0].text == "@acme is <b> & https://acme.example/menu right?"


@pytest.mark.parametrize(
    ("ids", "known", "stated", "newest"),
    [
        (["9", "10"], "8", "", "10"),
        ([], "8", "", "8"),
        (["5"], "8", "5", "8"),
        (["b7", "a9"], "c1", "", "b7"),
        (["b7"], "", "z", "z"),
        ([], "", "", ""),
    ],
)
def test_the_cursor_never_goes_back(ids: list[str], known: str, stated: str, newest: str) -> None:
    assert parse.newest_id(ids, known, stated) == newest


def test_numbers_of_posts_with_either_name_and_without_those_gone(x: XAdapter, fake_x: FakeX) -> None:
    ours = fake_x.add("Our post")
    (found,) = x.measure_posts([ours, "999"])
    assert found.remote_id == ours
    assert found.values == {
        "impressions": 90, "likes": 5, "replies": 0, "reposts": 2, "quotes": None, "bookmarks": None,
    }  # fmt: skip
    assert set(found.missing) == {"quotes", "bookmarks"}


def test_numbers_are_asked_for_a_hundred_at_a_time(x: XAdapter, fake_x: FakeX) -> None:
    assert x.measure_posts(str(n) for n in range(201)) == []
    assert [len(call.query["ids"].split(",")) for call in fake_x.calls] == [100, 100, 1]


def test_followers(x: XAdapter) -> None:
    assert x.measure_profile().values["followers"] == 120


RENEWABLE = {"access_token": "old-token", "refresh_token": "once-only"}
X_APP = {"client_id": "cid", "client_secret": "the-client-secret"}


def test_a_sign_in_is_renewed(x: XAdapter, fake_x: FakeX) -> None:
    renewed = XAdapter(Access(OWN_ID, "acme", x.access.base_url, RENEWABLE, X_APP)).renew()
    assert (renewed["access_token"], renewed["refresh_token"]) == ("new-token", "next-once-only")
    assert datetime.fromisoformat(renewed["expires_at"]) > just_now() + timedelta(minutes=100)
    assert fake_x.calls[-1].headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize("held", [{"access_token": "t"}, {"access_token": "t", "refresh_token": "used"}])
def test_a_sign_in_that_cannot_be_renewed_needs_a_person(x: XAdapter, held: dict[str, str]) -> None:
    with pytest.raises(Disconnected):
        XAdapter(Access(OWN_ID, "acme", x.access.base_url, held, X_APP)).renew()


@pytest.mark.parametrize("fault", ["cut", "error", "silent"])
def test_a_renewal_that_failed_may_be_tried_again(x: XAdapter, fake_x: FakeX, fault: str) -> None:
    fake_x.fail_next(fault)
    adapter = XAdapter(Access(OWN_ID, "acme", x.access.base_url, RENEWABLE, X_APP))
    adapter.client.session.timeout = x.client.session.timeout
    with pytest.raises(Unavailable):
        adapter.renew()


def test_older_sign_ins_are_signed_over_the_address_called(fake_x: FakeX, x: XAdapter) -> None:
    held = {"oauth_token": "the-user-token", "oauth_token_secret": "the-user-secret"}
    signer = XAdapter(Access(OWN_ID, "acme", x.access.base_url, held, x.access.app))
    with pytest.raises(Disconnected):  # the fake knows bearer tokens only; what counts is what it received
        signer.identify()
    header = fake_x.calls[-1].headers["authorization"]
    assert header.startswith("OAuth ")
    assert 'oauth_consumer_key="ck"' in header
    assert 'oauth_token="the-user-token"' in header


def test_older_sign_ins_need_the_apps_keys(x: XAdapter) -> None:
    held = {"oauth_token": "the-user-token", "oauth_token_secret": "the-user-secret"}
    with pytest.raises(AppMisconfigured):
        XAdapter(Access(OWN_ID, "acme", x.access.base_url, held)).identify()


def test_push_is_verified_over_raw_bytes() -> None:
    body = b'{"data": "\\u00fc"}'
    signature = "sha256=" + base64.b64encode(hmac.new(b"secret", body, hashlib.sha256).digest()).decode()
    headers = CaseInsensitiveDict({"X-Twitter-Webhooks-Signature": signature})
    assert XAdapter.verify_push(body, headers, secret="secret")
    assert not XAdapter.verify_push(body + b" ", headers, secret="secret")
    assert not XAdapter.verify_push(body, {}, secret="secret")
    assert not XAdapter.verify_push(body, headers, secret="")
    assert not XAdapter.verify_push(body, {"x-twitter-webhooks-signature": "ü"}, secret="secret")


def test_the_handshake_is_answered() -> None:
    answer = XAdapter.challenge({"crc_token": "abc"}, secret="secret", verify_token="")
    digest = base64.b64encode(hmac.new(b"secret", b"abc", hashlib.sha256).digest()).decode()
    assert json.loads(answer) == {"response_token": f"sha256={digest}"}
    assert XAdapter.challenge({}, secret="secret", verify_token="") is None


def test_push_events_become_items() -> None:
    payload = {"id": "5", "text": "@acme hi", "author_id": "7", "created_at": "2026-07-24T21:05:48.000Z"}
    users = {"users": [{"id": "7", "name": "Nora", "username": "nora"}]}
    event = {"event_type": "post.mention.create", "filter": {"user_id": OWN_ID}, "payload": payload, "includes": users}
    (item,) = XAdapter.parse_push(json.dumps({"data": event}).encode())[OWN_ID]
    assert (item.remote_id, item.author.name) == ("5", "Nora")
    assert item.sent_at == datetime(2026, 7, 24, 21, 5, 48, tzinfo=UTC)


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b'{"data": null}', b'{"data": [1, {"filter": 3}]}', b"\xff"])
def test_push_that_is_not_understood_is_left_out(body: bytes) -> None:
    assert XAdapter.parse_push(body) == {}


@pytest.mark.parametrize(
    ("body", "gone"),
    [
        ({"data": {"deleted": True}}, True),
        ({"errors": [{"type": "https://api.twitter.com/2/problems/resource-not-found"}]}, True),
        ({"data": {"deleted": False}}, False),
        ({"errors": [{"type": "https://api.twitter.com/2/problems/not-authorized-for-resource"}]}, False),
        ([], False),
        (None, False),
    ],
)
def test_an_answer_to_a_deletion_is_believed_only_where_it_says_so(body: object, gone: bool) -> None:
    assert parse.confirms_deletion(body) is gone
