"""From X's JSON to our shapes. Pure; both families of names (`tweet` and `post`) are read, and nothing is required."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from networks.adapters import reading
from networks.adapters.x.shown import says, shown, unescaped
from networks.contract import Author, Change, Draft, Identity, Inbound, InboundKind, Metrics, Published

Item = Mapping[str, Any]

_EPOCH_MS = 1288834974657
_FIRST_SNOWFLAKE = 1 << 40
_SHARED_MEDIA = re.compile(r"/status/\d+/(photo|video)/\d+")  # such a link shows somebody's files in one's own post
_KINDS = {"3": "Picture", "7": "Video", "13": "Video", "16": "GIF"}  # by the number before a media key
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


def permalink(remote_id: str, handle: str) -> str:
    # X resolves "i" to whoever wrote it.
    return f"https://x.com/{handle.lstrip('@') or 'i'}/status/{remote_id}"


def identity(user: Item) -> Identity:
    handle = reading.text(user.get("username"))
    return Identity(
        remote_id=reading.text(user.get("id")),
        name=unescaped(reading.text(user.get("name"))) or handle,
        handle=handle,
        url=f"https://x.com/{handle}" if handle else "",
        avatar_url=reading.text(user.get("profile_image_url")),
    )


def sent_at(item: Item) -> datetime | None:
    """`created_at`, or the time that is part of the id itself."""
    stated = reading.instant(item.get("created_at"))
    number = reading.whole(item.get("id"))
    if stated or number is None or number < _FIRST_SNOWFLAKE:
        return stated
    return reading.instant((number >> 22) + _EPOCH_MS)


def versions(item: Item) -> list[str]:
    """The ids of a post, the first one first: each edit makes another."""
    ids = reading.first(item, "edit_history_tweet_ids", "edit_history_post_ids")
    own = reading.text(item.get("id"))
    return [one for one in map(reading.text, ids) if one] or [own] if isinstance(ids, list) else [own]


def change(item: Item) -> Change:
    """How a post reads in this version of it; it is known by its first id."""
    return Change(versions(item)[0], text=shown_text(item) or None)


def gone(body: Item) -> set[str]:
    """The ids of a lookup that X says are not there. What it only may not show stays what it is."""
    missing = [
        error
        for error in reading.maps(body.get("errors"))
        if reading.text(error.get("type")).endswith("/resource-not-found")
    ]
    return {reading.text(reading.first(error, "resource_id", "value")) for error in missing}


def shown_text(item: Item) -> str:
    """The text as a reader sees it: links as they lead, no link to the post's own pictures, nothing escaped."""
    return shown(item).spelt(str).strip()


def parent_id(item: Item) -> str | None:
    """The post that this one answers."""
    for other in reading.maps(reading.first(item, "referenced_tweets", "referenced_posts")):
        if other.get("type") == "replied_to":
            return reading.text(other.get("id")) or None
    return reading.text(reading.first(item, "in_reply_to_tweet_id", "in_reply_to_post_id")) or None


def is_shared(item: Item) -> bool:
    """Whether it only repeats another post: nobody says anything with it."""
    references = reading.maps(reading.first(item, "referenced_tweets", "referenced_posts"))
    return any(other.get("type") in ("retweeted", "reposted") for other in references)


def files_of(item: Item) -> str:
    """What it shows, in a word; empty where it shows nothing."""
    keys = reading.a_map(item.get("attachments")).get("media_keys")
    kinds = [reading.text(key).partition("_")[0] for key in keys] if isinstance(keys, list) else []
    return _KINDS.get(kinds[0], "Attachment") if kinds else ""


def shown_media(item: Item) -> frozenset[str]:
    """The ids of the files that it shows. X puts a number for their kind in front, which may change meanwhile."""
    keys = reading.a_map(item.get("attachments")).get("media_keys")
    return _media_numbers(reading.text(key) for key in keys) if isinstance(keys, list) else frozenset()


def is_copy_of(item: Item, draft: Draft) -> bool:
    """Whether this post on the network is `draft`: told by its files, or else by what it answers and by its text."""
    shown = shown_media(item)
    if draft.media and shown:
        ours = bool(shown & _media_numbers(draft.markers))
        return ours or (not draft.uploads_known and bool(draft.text) and _says_the_same(item, draft))
    if shown and not _SHARED_MEDIA.search(draft.text):
        return False
    return _says_the_same(item, draft)


def _media_numbers(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(key.rpartition("_")[2] for key in keys if key)


def _says_the_same(item: Item, draft: Draft) -> bool:
    if parent_id(item) != (draft.in_reply_to or None):
        return False
    return says(item, draft.text, answers=bool(draft.in_reply_to), pictured=bool(draft.media))


def published(item: Item, handle: str) -> Published:
    remote_id = reading.text(item.get("id"))
    return Published(remote_id=remote_id, permalink=permalink(remote_id, handle), published_at=sent_at(item))


def is_gone(body: Any) -> bool:
    """Whether an answer to a deletion says that it is done, or that there was nothing to delete."""
    if reading.a_map(reading.a_map(body).get("data")).get("deleted") is True:
        return True
    kinds = [reading.text(error.get("type")) for error in reading.maps(reading.a_map(body).get("errors"))]
    return any(kind.endswith("/resource-not-found") for kind in kinds)


def users_of(includes: Any) -> dict[str, Item]:
    return {reading.text(user.get("id")): user for user in reading.maps(reading.a_map(includes).get("users"))}


def inbound(item: Item, users: Mapping[str, Item], *, own_id: str, now: datetime) -> Inbound | None:
    """One post that concerns the profile; None for what has no id, and for a post of another's shared as it is."""
    own, remote_id = reading.text(item.get("id")), versions(item)[0]
    if not own or is_shared(item):
        return None
    author_id = reading.text(item.get("author_id"))
    author = _author(author_id, users.get(author_id, {}))
    parent = parent_id(item)
    link = permalink(own, author.handle if author else "")
    from_self = bool(author_id) and author_id == own_id
    answers = parent is not None or bool(item.get("in_reply_to_user_id"))
    return Inbound(
        remote_id=remote_id,
        kind=InboundKind.REPLY if answers else InboundKind.MENTION,
        text=shown_text(item) or ("" if from_self else reading.wordless(files_of(item), link)),
        sent_at=sent_at(item) or now,
        author=author,
        permalink=link,
        parent_id=parent,
        root_post_id=reading.text(item.get("conversation_id")) or parent or remote_id,
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


def metrics(item: Item, names: Mapping[str, tuple[str, ...]], *, as_of: datetime) -> Metrics:
    numbers = reading.a_map(item.get("public_metrics"))
    values = {key: reading.whole(reading.first(numbers, *fields)) for key, fields in names.items()}
    reason = _NO_NUMBER if numbers else _NO_NUMBERS
    missing = {key: reason for key, value in values.items() if value is None}
    return Metrics(remote_id=reading.text(item.get("id")), as_of=as_of, values=values, missing=missing)


def _author(author_id: str, user: Item) -> Author | None:
    if not author_id:
        return None
    handle = reading.text(user.get("username"))
    return Author(
        remote_id=author_id,
        name=unescaped(reading.text(user.get("name"))) or handle or author_id,
        handle=handle,
        avatar_url=reading.text(user.get("profile_image_url")),
    )
