"""Reading what people wrote to a Page.

One poll costs a bounded number of calls: one list of the Page's own feed, one of posts that name the Page, and one
per watched post. Watched are the 25 newest posts of the feed, so that posts made elsewhere count too, and at most 25
more that the caller asks for. Older posts are covered by webhooks.

The cursor is the time of the newest item. Items of the minutes before it are returned again, because Graph shows
comments late and out of order; storing an item twice is harmless. Of older ones that were listed all the same it is
said how they stand now.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from networks.adapters import json_values
from networks.adapters.facebook import parse
from networks.adapters.facebook.errors import MissingPermission
from networks.contract import Inbound, InboundChange, InboundPage
from networks.errors import AppMisconfigured, Gone, Refused

_MOST_WATCHED = 25
_OVERLAP = timedelta(minutes=15)
_POST_FIELDS = "id,from,message,created_time,permalink_url"
_COMMENT_FIELDS = "id,message,from,created_time,parent{id},permalink_url"

HIDDEN_FIELD = "is_hidden"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Item = Mapping[str, Any]


class Reader(Protocol):
    """What is needed of the adapter here."""

    page_id: str

    def read_all(self, node: str, edge: str, **params: Any) -> Iterator[Item]: ...


def fetch_inbound(reader: Reader, cursor: Mapping[str, Any], posts: Sequence[str], now: datetime) -> InboundPage:
    """Comments, visitors' posts and mentions since `cursor`, oldest first."""
    last_seen = json_values.time_or_none(cursor.get("since"))
    since = last_seen - _OVERLAP if last_seen else None
    feed = _recent_posts(reader, since)
    found: dict[str, Inbound] = {}
    for item in (*_visitor_posts(reader, feed), *_fetch_optional(reader, "tagged", since)):
        found[json_values.text_or_empty(item.get("id"))] = parse.parse_mention(item, page_id=reader.page_id, now=now)
    changes: list[InboundChange] = []
    listed: dict[str, datetime] = {}
    for post_id in _watched_post_ids(feed, posts):
        comments, reach = _fetch_comments(reader, post_id, since)
        for item in comments:
            one = parse.parse_comment(item, post_id, page_id=reader.page_id, now=now)
            found[one.remote_id] = one
            changes.append(parse.parse_change(item))
        if reach:
            listed[post_id] = reach
    fresh = [one for key, one in found.items() if key and (since is None or one.sent_at >= since)]
    # An item without a time was given `now`; it must not move the cursor past others.
    newest = max((one.sent_at for one in fresh if one.sent_at < now), default=last_seen)
    newest = max(newest, last_seen) if newest and last_seen else newest
    items = sorted(fresh, key=lambda one: (one.sent_at, one.remote_id))
    cursor = {**cursor, "since": newest.isoformat()} if newest else dict(cursor)
    return InboundPage(tuple(items), cursor, tuple(one for one in changes if one.remote_id), listed)


def _recent_posts(reader: Reader, since: datetime | None) -> list[Item]:
    try:
        return _fetch_newest(reader, "feed", since)
    except Refused:
        return _fetch_optional(reader, "published_posts", since)


def _visitor_posts(reader: Reader, feed: list[Item]) -> Iterator[Item]:
    return (item for item in feed if parse.author_id_of(item) not in {"", reader.page_id})


def _fetch_optional(reader: Reader, edge: str, since: datetime | None) -> list[Item]:
    """A list that is a bonus: without the permission for it, or without the list, the rest still counts."""
    try:
        return _fetch_newest(reader, edge, since)
    except (Refused, MissingPermission, AppMisconfigured):
        return []


def _fetch_newest(reader: Reader, edge: str, since: datetime | None) -> list[Item]:
    """The newest posts of a list, and further back until `since`. Graph's pages may be empty and yet go on."""
    found: list[Item] = []
    for page in reader.read_all(reader.page_id, edge, fields=_POST_FIELDS, limit=_MOST_WATCHED):
        items = json_values.mappings_in(page.get("data"))
        found += [item for item in items if json_values.text_or_empty(item.get("id"))]
        if len(found) >= _MOST_WATCHED and (since is None or parse.reaches_back_to(items, since)):
            break
    return found


def _watched_post_ids(feed: list[Item], posts: Sequence[str]) -> list[str]:
    recent = [json_values.text_or_empty(item.get("id")) for item in feed]
    requested = [post for post in posts if post not in recent]
    return list(dict.fromkeys([*recent[:_MOST_WATCHED], *requested[:_MOST_WATCHED]]))


def _fetch_comments(reader: Reader, post_id: str, since: datetime | None) -> tuple[list[Item], datetime | None]:
    """Newest first, back to `since`, and from when on these are all; None for a post that is gone, which has none."""
    try:
        return _list_comments(reader, post_id, since, f"{_COMMENT_FIELDS},{HIDDEN_FIELD}")
    except Gone:
        return [], None
    except Refused:  # over the one field, perhaps
        pass
    try:
        return _list_comments(reader, post_id, since, _COMMENT_FIELDS)
    except Refused:
        return [], None


def _list_comments(reader: Reader, post_id: str, since: datetime | None, fields: str) -> tuple[list[Item], datetime]:
    found: list[Item] = []
    pages = reader.read_all(
        post_id, "comments", fields=fields, filter="stream", order="reverse_chronological", limit=100
    )
    for page in pages:
        items = json_values.mappings_in(page.get("data"))
        found += items
        if since and parse.reaches_back_to(items, since):
            return found, since
    return found, _EPOCH


def fetch_changes(
    ask: Callable[[Sequence[str], str], Item], ids: Sequence[str], fields: str
) -> Iterator[InboundChange]:
    """How the posts and comments of `ids` stand. One that is gone fails a call for all, so a batch is halved then."""
    try:
        answer = ask(ids, fields)
    except Refused as error:
        if len(ids) > 1:
            for half in (ids[: len(ids) // 2], ids[len(ids) // 2 :]):
                yield from fetch_changes(ask, half, fields)
        elif isinstance(error, Gone):
            yield InboundChange(ids[0], removed=True)
        elif HIDDEN_FIELD in fields:
            yield from fetch_changes(ask, ids, "id,message")
        return
    for remote_id in ids:
        if node := json_values.mapping_or_empty(answer.get(remote_id)):
            yield parse.parse_change({**node, "id": remote_id})
