"""From Graph's JSON to our shapes. Pure; nothing is required to be there."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

from foundation.texts.text_comparison import normalize_text
from networks.adapters import json_values
from networks.adapters.facebook import photo_uploads
from networks.contract import Author, Draft, Identity, Inbound, InboundChange, InboundKind, Published

Item = Mapping[str, Any]

_FILE_KINDS = {"sticker": "Sticker", "animated": "GIF", "photo": "Picture", "album": "Picture", "video": "Video"}


def build_permalink(remote_id: str) -> str:
    return f"https://www.facebook.com/{remote_id}"


def parse_identity(page: Item) -> Identity:
    remote_id = json_values.text_or_empty(page.get("id"))
    picture = json_values.mapping_or_empty(json_values.mapping_or_empty(page.get("picture")).get("data"))
    handle = json_values.text_or_empty(page.get("username"))
    return Identity(
        remote_id=remote_id,
        name=json_values.text_or_empty(page.get("name")) or handle or remote_id,
        handle=handle,
        url=json_values.text_or_empty(page.get("link")) or build_permalink(handle or remote_id),
        avatar_url=json_values.text_or_empty(picture.get("url")),
    )


def next_cursor(page: Item) -> str | None:
    """Where the next page begins. `paging.next` is never called: it names a host, and may hold a token.

    Without `next` this was the last page, although cursors may be there all the same.
    """
    paging = json_values.mapping_or_empty(page.get("paging"))
    following = json_values.text_or_empty(paging.get("next"))
    if not following:
        return None
    after = json_values.text_or_empty(json_values.mapping_or_empty(paging.get("cursors")).get("after"))
    return after or next(iter(parse_qs(urlsplit(following).query).get("after", [])), None)


def author_id_of(item: Item) -> str:
    return json_values.text_or_empty(json_values.mapping_or_empty(item.get("from")).get("id"))


def sent_time_of(item: Item) -> datetime | None:
    return json_values.time_or_none(item.get("created_time"))


def reaches_back_to(items: list[Item], since: datetime) -> bool:
    """Whether nothing since then can follow: only a page that really runs backwards in time tells that."""
    times = [time for item in items if (time := sent_time_of(item))]
    backwards = all(one >= other for one, other in pairwise(times))
    return bool(times) and backwards and times[0] > times[-1] and times[-1] < since


def is_copy_of(item: Item, draft: Draft) -> bool:
    """Whether this post or comment is `draft`: told by its pictures where it shows any, or else by its text."""
    is_ours = photo_uploads.matches_pictures(item, draft)
    if is_ours is None:
        wording = normalize_text(draft.text)
        return bool(wording) and normalize_text(json_values.text_or_empty(item.get("message"))) == wording
    return is_ours


def parse_published(item: Item) -> Published:
    remote_id = json_values.text_or_empty(item.get("id"))
    link = json_values.text_or_empty(item.get("permalink_url")) or build_permalink(remote_id)
    return Published(remote_id=remote_id, permalink=link, published_at=sent_time_of(item))


def parse_comment(item: Item, post_id: str, *, page_id: str, now: datetime) -> Inbound:
    """One comment beneath `post_id`. What stands directly beneath the post answers the post."""
    parent = json_values.text_or_empty(json_values.mapping_or_empty(item.get("parent")).get("id"))
    nested = bool(parent) and parent != post_id
    return _build_inbound(
        item,
        InboundKind.REPLY if nested else InboundKind.COMMENT,
        parent_id=parent or post_id,
        root_post_id=post_id,
        page_id=page_id,
        now=now,
    )


def parse_change(item: Item) -> InboundChange:
    """How a post or comment stands; of what is not said of it, nothing is known."""
    hidden = item.get("is_hidden")
    return InboundChange(
        json_values.text_or_empty(item.get("id")),
        text=json_values.text_or_empty(item.get("message")) or None,
        hidden=hidden if isinstance(hidden, bool) else None,
    )


def parse_mention(item: Item, *, page_id: str, now: datetime) -> Inbound:
    """Somebody's post on the Page, or one that names it."""
    remote_id = json_values.text_or_empty(item.get("id"))
    return _build_inbound(item, InboundKind.MENTION, parent_id=None, root_post_id=remote_id, page_id=page_id, now=now)


def summary_total(item: Item, field: str) -> int | None:
    summary = json_values.mapping_or_empty(json_values.mapping_or_empty(item.get(field)).get("summary"))
    return json_values.int_or_none(summary.get("total_count"))


def parse_insight(body: Item) -> int | None:
    """The single value of a metric; an empty data set means that Facebook has no number, which is not zero."""
    for metric in json_values.mappings_in(body.get("data")):
        for value in json_values.mappings_in(metric.get("values")):
            return json_values.int_or_none(value.get("value"))
    return None


def attached_file_of(item: Item, link: str) -> tuple[str, str]:
    """What is shown with it, in a word, and where that is to be seen: there, or else at `link`. Empty: nothing is."""
    several = json_values.mappings_in(json_values.mapping_or_empty(item.get("attachments")).get("data"))
    one = json_values.mapping_or_empty(item.get("attachment")) or (several[0] if several else {})
    if not one:
        return "", ""
    kind = next(
        (word for part, word in _FILE_KINDS.items() if part in json_values.text_or_empty(one.get("type"))), "Attachment"
    )
    return kind, json_values.text_or_empty(one.get("url")) or link


def _build_inbound(
    item: Item, kind: InboundKind, *, parent_id: str | None, root_post_id: str, page_id: str, now: datetime
) -> Inbound:
    remote_id = json_values.text_or_empty(item.get("id"))
    who = author_id_of(item)
    name = json_values.text_or_empty(json_values.mapping_or_empty(item.get("from")).get("name"))
    link = json_values.text_or_empty(item.get("permalink_url")) or build_permalink(remote_id)
    from_self = bool(who) and who == page_id
    return Inbound(
        remote_id=remote_id,
        kind=kind,
        text=json_values.text_or_empty(item.get("message"))
        or ("" if from_self else json_values.file_placeholder(*attached_file_of(item, link))),
        sent_at=sent_time_of(item) or now,
        # Facebook hides people who restrict who may see them.
        author=Author(remote_id=who, name=name or who) if who else None,
        permalink=link,
        parent_id=parent_id,
        root_post_id=root_post_id,
        from_self=from_self,
    )
