"""What is not a text that somebody wrote to us is not taken for one."""

import json
from datetime import UTC, datetime

import pytest

from networks.adapters.facebook import parse as facebook
from networks.adapters.facebook import push as facebook_push
from networks.adapters.x import parse as x
from networks.adapters.x import push as x_push
from networks.contract import InboundKind

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
LINK = "https://www.facebook.com/111_222?comment_id=333"


def of_x(**more):
    return x.parse_inbound({"id": "5", "text": "Hello @acme", "author_id": "9"} | more, {}, own_id="1", now=NOW)


@pytest.mark.parametrize("field", ["referenced_tweets", "referenced_posts"])
@pytest.mark.parametrize("kind", ["retweeted", "reposted"])
def test_a_shared_post_of_another_is_no_message(field: str, kind: str) -> None:
    shared = {"id": "5", "text": "RT @acme: News", "author_id": "9", field: [{"type": kind, "id": "4"}]}
    assert x.parse_inbound(shared, {}, own_id="1", now=NOW) is None
    event = {"event_type": "post.mention.create", "filter": {"user_id": "1"}, "payload": shared}
    assert x_push.parse_push_items(json.dumps({"data": event}).encode(), now=NOW) == {}


def test_a_quote_is_one_and_so_is_what_x_may_come_up_with() -> None:
    for kind in ("quoted", "something new"):
        one = of_x(referenced_tweets=[{"type": kind, "id": "4"}])
        assert one is not None
        assert (one.kind, one.parent_id) == (InboundKind.MENTION, None)


@pytest.mark.parametrize(
    ("key", "kind"), [("3_77", "Picture"), ("7_77", "Video"), ("16_77", "GIF"), ("99", "Attachment")]
)
def test_a_picture_without_words_on_x_is_shown_as_one(key: str, kind: str) -> None:
    own = {"url": "https://t.co/a", "expanded_url": "https://x.com/bob/status/5/photo/1", "media_key": key}
    item = {"text": "https://t.co/a", "entities": {"urls": [own]}, "attachments": {"media_keys": [key]}}
    assert of_x(**item).text == f"[{kind}] https://x.com/i/status/5"
    assert of_x(**item | {"text": "Look https://t.co/a"}).text == "Look"
    assert of_x(text="").text == ""
    assert of_x(**item, author_id="1").text == ""


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("sticker", "Sticker"),
        ("photo", "Picture"),
        ("video_inline", "Video"),
        ("animated_image_share", "GIF"),
        ("new", "Attachment"),
    ],
)
def test_a_sticker_or_picture_on_a_page_is_shown_as_one(kind: str, word: str) -> None:
    def comment(**more):
        item = {"id": "333", "from": {"id": "9"}, "permalink_url": LINK} | more
        return facebook.parse_comment(item, "111_222", page_id="111", now=NOW).text

    shown = {"type": kind, "url": "https://www.facebook.com/photo/7"}
    assert comment(attachment=shown) == f"[{word}] https://www.facebook.com/photo/7"
    assert comment(attachment={"type": kind}) == f"[{word}] {LINK}"
    assert comment(attachments={"data": [shown]}) == f"[{word}] https://www.facebook.com/photo/7"
    assert comment(attachment=shown, message="Look") == "Look"
    assert comment() == ""
    assert comment(attachment=shown, **{"from": {"id": "111"}}) == ""


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"photo": "https://cdn.example/7.jpg"}, "[Picture] https://cdn.example/7.jpg"),
        ({"video": "https://cdn.example/7.mp4"}, "[Video] https://cdn.example/7.mp4"),
        ({"photo_id": "7"}, "[Picture] https://www.facebook.com/333"),
        ({"photo": "javascript:alert(1)"}, "[Picture] https://www.facebook.com/333"),
        ({"photo": "https://cdn.example/7.jpg", "message": "Look"}, "Look"),
        ({}, ""),
    ],
)
def test_a_pushed_picture_is_shown_as_one(more: dict, text: str) -> None:
    value = {"item": "comment", "verb": "add", "comment_id": "333", "post_id": "111_222", "from": {"id": "9"}} | more
    body = {"object": "page", "entry": [{"id": "111", "changes": [{"field": "feed", "value": value}]}]}
    [one] = facebook_push.parse_push_items(json.dumps(body).encode(), now=NOW)["111"]
    assert one.text == text
