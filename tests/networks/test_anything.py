"""Whatever a server sends, reading it does not break: the outcome must never hang on a well-formed answer."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from networks.adapters.facebook import errors as graph_errors
from networks.adapters.facebook import page_numbers
from networks.adapters.facebook import parse as graph
from networks.adapters.facebook import push as graph_push
from networks.adapters.x import errors as x_errors
from networks.adapters.x import parse as x
from networks.adapters.x import push as x_push
from networks.contract import Draft, DraftKind, Uploaded
from networks.errors import Ambiguous, NetworkError, RateLimited
from tests.networks.contract import pictured

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DRAFT = Draft(DraftKind.REPLY, "Hi", in_reply_to="1")
PICTURED = pictured([Uploaded("1", "3_1")])
NAMES = [
    "id",
    "text",
    "data",
    "meta",
    "errors",
    "error",
    "code",
    "error_subcode",
    "message",
    "detail",
    "title",
    "type",
    "entities",
    "urls",
    "url",
    "expanded_url",
    "referenced_tweets",
    "includes",
    "users",
    "username",
    "from",
    "created_time",
    "created_at",
    "parent",
    "paging",
    "cursors",
    "after",
    "next",
    "summary",
    "total_count",
    "shares",
    "count",
    "reactions",
    "comments",
    "values",
    "value",
    "public_metrics",
    "like_count",
    "note_tweet",
    "event_type",
    "filter",
    "user_id",
    "payload",
    "object",
    "entry",
    "changes",
    "field",
    "item",
    "verb",
    "comment_id",
    "post_id",
    "period",
    "is_transient",
    "author_id",
    "picture",
    "attachments",
    "media_keys",
    "subattachments",
    "target",
]
WORDS = (
    "",
    "Hi",
    "page",
    "feed",
    "comment",
    "add",
    "post.mention.create",
    "replied_to",
    "2026-01-01T00:00:00Z",
    "²",
    "9" * 30,
)
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.just(10**40)
ANYTHING = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=8)
)
OBJECT = st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=8)
HEADERS = st.dictionaries(
    st.sampled_from(["x-rate-limit-reset", "x-rate-limit-remaining", "retry-after", "x-business-use-case-usage"]),
    st.sampled_from(["", "0", "-1", "x", "99999999999999", "²"]) | ANYTHING.map(json.dumps),
)


@settings(max_examples=200, deadline=None)
@given(OBJECT)
def test_objects(item: dict[str, Any]) -> None:
    x.parse_identity(item)
    x.parse_inbound(item, x.users_by_id(item), own_id="1", now=NOW)
    for draft in (DRAFT, PICTURED):
        x.is_copy_of(item, draft)
        graph.is_copy_of(item, draft)
    x.parse_metrics(item, x.POST_NUMBERS, as_of=NOW)
    graph.parse_identity(item)
    graph.parse_comment(item, "1_2", page_id="1", now=NOW)
    graph.next_cursor(item)
    graph.parse_insight(item)
    page_numbers.post_metrics(item, {}, as_of=NOW)


@settings(max_examples=200, deadline=None)
@given(ANYTHING)
def test_pushes(body: Any) -> None:
    raw = json.dumps(body).encode()
    x_push.parse_push_items(raw, now=NOW)
    graph_push.parse_push_items(raw, now=NOW)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([200, 302, 400, 401, 402, 403, 404, 408, 429, 500, 503]), ANYTHING, HEADERS, st.booleans())
def test_errors(status: int, body: Any, headers: dict[str, str], write: bool) -> None:
    answer: Any = SimpleNamespace(status=status, body=body, headers=headers)
    for error in (
        x_errors.network_error_of(answer, write=write, secrets=[], now=NOW),
        graph_errors.network_error_of(answer, write=write, on_page=True, secrets=[], now=NOW),
    ):
        assert isinstance(error, NetworkError)
        assert error.user_message
        assert not isinstance(error, RateLimited) or error.retry_at > NOW
        assert write or not isinstance(error, Ambiguous)
