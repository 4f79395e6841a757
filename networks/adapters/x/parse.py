"""From X's JSON to our shapes. Pure; both families of names (`tweet` and `post`) are read, and nothing is required."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from networks.adapters import json_values
from networks.adapters.x.post_text import parse_linked_text, post_has_text, unescape_text
from networks.contract import Author, Draft, Identity, Inbound, InboundChange, InboundKind, Metrics, Published

Item = Mapping[str, Any]

_EPOCH_MS = 1288834974657
_FIRST_SNOWFLAKE = 1 << 40
_SHARED_MEDIA = re.compile(r"/status/\d+/(photo|video)/\d+")  # such a link shows somebody's files in one's own post
_FILE_KINDS = {"3": "Picture", "7": "Video", "13": "Video", "16": "GIF"}  # by the number before a media key
_NO_NUMBERS = "X sent no numbers for this post."
_NO_NUMBER = "X did not send this number."

POST_NUMBERS = {
    "impressions": ("impression_count",),
    "likes": ("like_count",),
    "replies": ("reply_count",),
    "reposts": ("retweet_count", "repost_count"),
    "quotes": ("quote_count",),
    "bookmarks": ("bookmark_count",),
}
PROFILE_NUMBERS = {
    "followers": ("followers_count",),
    "following": ("following_count",),
    "posts": ("tweet_count", "post_count"),
}


def build_permalink(remote_id: str, handle: str) -> str:
    # X resolves "i" to whoever wrote it.
    return f"https://x.com/{handle.lstrip('@') or 'i'}/status/{remote_id}"


def parse_identity(user: Item) -> Identity:
    handle = json_values.text_or_empty(user.get("username"))
    return Identity(
        remote_id=json_values.text_or_empty(user.get("id")),
        name=unescape_text(json_values.text_or_empty(user.get("name"))) or handle,
        handle=handle,
        url=f"https://x.com/{handle}" if handle else "",
        avatar_url=json_values.text_or_empty(user.get("profile_image_url")),
    )


def sent_time_of(item: Item) -> datetime | None:
    """`created_at`, or the time that is part of the id itself."""
    stated = json_values.time_or_none(item.get("created_at"))
    number = json_values.int_or_none(item.get("id"))
    if stated or number is None or number < _FIRST_SNOWFLAKE:
        return stated
    return json_values.time_or_none((number >> 22) + _EPOCH_MS)


def version_ids(item: Item) -> list[str]:
    """The ids of a post, the first one first: each edit makes another."""
    ids = json_values.first_value(item, "edit_history_tweet_ids", "edit_history_post_ids")
    own = json_values.text_or_empty(item.get("id"))
    return [one for one in map(json_values.text_or_empty, ids) if one] or [own] if isinstance(ids, list) else [own]


def parse_change(item: Item) -> InboundChange:
    """How a post reads in this version of it; it is known by its first id."""
    return InboundChange(version_ids(item)[0], text=readable_text(item) or None)


def missing_ids(body: Item) -> set[str]:
    """The ids of a lookup that X says are not there. What it only may not show stays what it is."""
    missing = [
        error
        for error in json_values.mappings_in(body.get("errors"))
        if json_values.text_or_empty(error.get("type")).endswith("/resource-not-found")
    ]
    return {json_values.text_or_empty(json_values.first_value(error, "resource_id", "value")) for error in missing}


def readable_text(item: Item) -> str:
    """The text as a reader sees it: links as they lead, no link to the post's own pictures, nothing escaped."""
    return parse_linked_text(item).replace_links(str).strip()


def parent_id_of(item: Item) -> str | None:
    """The post that this one answers."""
    for other in json_values.mappings_in(json_values.first_value(item, "referenced_tweets", "referenced_posts")):
        if other.get("type") == "replied_to":
            return json_values.text_or_empty(other.get("id")) or None
    return (
        json_values.text_or_empty(json_values.first_value(item, "in_reply_to_tweet_id", "in_reply_to_post_id")) or None
    )


def is_repost(item: Item) -> bool:
    """Whether it only repeats another post: nobody says anything with it."""
    references = json_values.mappings_in(json_values.first_value(item, "referenced_tweets", "referenced_posts"))
    return any(other.get("type") in ("retweeted", "reposted") for other in references)


def file_kind_of(item: Item) -> str:
    """What it shows, in a word; empty where it shows nothing."""
    keys = json_values.mapping_or_empty(item.get("attachments")).get("media_keys")
    kinds = [json_values.text_or_empty(key).partition("_")[0] for key in keys] if isinstance(keys, list) else []
    return _FILE_KINDS.get(kinds[0], "Attachment") if kinds else ""


def attached_media_ids(item: Item) -> frozenset[str]:
    """The ids of the files that it shows. X puts a number for their kind in front, which may change meanwhile."""
    keys = json_values.mapping_or_empty(item.get("attachments")).get("media_keys")
    return _media_numbers(json_values.text_or_empty(key) for key in keys) if isinstance(keys, list) else frozenset()


def is_copy_of(item: Item, draft: Draft) -> bool:
    """Whether this post on the network is `draft`: told by its files, or else by what it answers and by its text."""
    shown = attached_media_ids(item)
    if draft.media and shown:
        is_ours = bool(shown & _media_numbers(draft.markers))
        return is_ours or (not draft.uploads_known and bool(draft.text) and _has_same_text(item, draft))
    if shown and not _SHARED_MEDIA.search(draft.text):
        return False
    return _has_same_text(item, draft)


def _media_numbers(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(key.rpartition("_")[2] for key in keys if key)


def _has_same_text(item: Item, draft: Draft) -> bool:
    if parent_id_of(item) != (draft.in_reply_to or None):
        return False
    return post_has_text(item, draft.text, answers=bool(draft.in_reply_to), pictured=bool(draft.media))


def parse_published(item: Item, handle: str) -> Published:
    remote_id = json_values.text_or_empty(item.get("id"))
    return Published(remote_id=remote_id, permalink=build_permalink(remote_id, handle), published_at=sent_time_of(item))


def confirms_deletion(body: Any) -> bool:
    """Whether an answer to a deletion says that it is done, or that there was nothing to delete."""
    if json_values.mapping_or_empty(json_values.mapping_or_empty(body).get("data")).get("deleted") is True:
        return True
    kinds = [
        json_values.text_or_empty(error.get("type"))
        for error in json_values.mappings_in(json_values.mapping_or_empty(body).get("errors"))
    ]
    return any(kind.endswith("/resource-not-found") for kind in kinds)


def users_by_id(includes: Any) -> dict[str, Item]:
    return {
        json_values.text_or_empty(user.get("id")): user
        for user in json_values.mappings_in(json_values.mapping_or_empty(includes).get("users"))
    }


def parse_inbound(item: Item, users: Mapping[str, Item], *, own_id: str, now: datetime) -> Inbound | None:
    """One post that concerns the profile; None for what has no id, and for a post of another's shared as it is."""
    own, remote_id = json_values.text_or_empty(item.get("id")), version_ids(item)[0]
    if not own or is_repost(item):
        return None
    author_id = json_values.text_or_empty(item.get("author_id"))
    author = _parse_author(author_id, users.get(author_id, {}))
    parent = parent_id_of(item)
    link = build_permalink(own, author.handle if author else "")
    from_self = bool(author_id) and author_id == own_id
    answers = parent is not None or bool(item.get("in_reply_to_user_id"))
    return Inbound(
        remote_id=remote_id,
        kind=InboundKind.REPLY if answers else InboundKind.MENTION,
        text=readable_text(item) or ("" if from_self else json_values.file_placeholder(file_kind_of(item), link)),
        sent_at=sent_time_of(item) or now,
        author=author,
        permalink=link,
        parent_id=parent,
        root_post_id=json_values.text_or_empty(item.get("conversation_id")) or parent or remote_id,
        from_self=from_self,
    )


def newest_id(ids: Iterable[str], known: str, stated: str) -> str:
    """The cursor after a drained list: the highest number, never lower than `known`.

    Where ids are not numbers only the network can tell which is newest: it states that, or lists it first.
    """
    listed = [one for one in ids if one]
    seen = [one for one in (*listed, known, stated) if one]
    if all(one.isdecimal() for one in seen):
        return max(seen, key=int, default="")
    return stated or next(iter(listed), known)


def parse_metrics(item: Item, names: Mapping[str, tuple[str, ...]], *, as_of: datetime) -> Metrics:
    numbers = json_values.mapping_or_empty(item.get("public_metrics"))
    values = {key: json_values.int_or_none(json_values.first_value(numbers, *fields)) for key, fields in names.items()}
    reason = _NO_NUMBER if numbers else _NO_NUMBERS
    missing = {key: reason for key, value in values.items() if value is None}
    return Metrics(remote_id=json_values.text_or_empty(item.get("id")), as_of=as_of, values=values, missing=missing)


def _parse_author(author_id: str, user: Item) -> Author | None:
    if not author_id:
        return None
    handle = json_values.text_or_empty(user.get("username"))
    return Author(
        remote_id=author_id,
        name=unescape_text(json_values.text_or_empty(user.get("name"))) or handle or author_id,
        handle=handle,
        avatar_url=json_values.text_or_empty(user.get("profile_image_url")),
    )
