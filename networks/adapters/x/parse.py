"""From X's JSON to our shapes. Pure; both families of names (`tweet` and `post`) are read, and nothing is required."""

import html
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from networks.adapters import reading
from networks.contract import Author, Draft, Identity, Inbound, InboundKind, Metrics, Published
from socialops.lib.text import normalized

Item = Mapping[str, Any]

_EPOCH_MS = 1288834974657
_FIRST_SNOWFLAKE = 1 << 40
_OWN_MEDIA = re.compile(r"/(photo|video)/\d+$")
_SHARED_MEDIA = re.compile(r"/status/\d+/(photo|video)/\d+")  # such a link shows somebody's files in one's own post
_TRAILING_LINK = re.compile(r"\s*https://t\.co/\w+\s*$")  # to its own pictures, where X does not say so
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_LEADING_MENTIONS = re.compile(r"^(?:@\w+\s+)+")
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
        name=reading.text(user.get("name")) or handle,
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


def shown_text(item: Item) -> str:
    """The text as a reader sees it: links as they lead, no link to the post's own pictures, nothing escaped."""
    return html.unescape(_linked_text(item)).strip()


def parent_id(item: Item) -> str | None:
    """The post that this one answers."""
    for other in reading.maps(reading.first(item, "referenced_tweets", "referenced_posts")):
        if other.get("type") == "replied_to":
            return reading.text(other.get("id")) or None
    return reading.text(reading.first(item, "in_reply_to_tweet_id", "in_reply_to_post_id")) or None


def shown_media(item: Item) -> frozenset[str]:
    """The ids of the files that it shows. X puts a number for their kind in front, which may change meanwhile."""
    keys = reading.a_map(item.get("attachments")).get("media_keys")
    return _media_numbers(reading.text(key) for key in keys) if isinstance(keys, list) else frozenset()


def is_copy_of(item: Item, draft: Draft) -> bool:
    """Whether this post on the network is `draft`: told by its files, or else by what it answers and by its text."""
    shown = shown_media(item)
    if draft.media and shown:
        return bool(shown & _media_numbers(draft.markers))
    if shown and not _SHARED_MEDIA.search(draft.text):
        return False
    return _says_the_same(item, draft)


def _media_numbers(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(key.rpartition("_")[2] for key in keys if key)


def _says_the_same(item: Item, draft: Draft) -> bool:
    if parent_id(item) != (draft.in_reply_to or None):
        return False
    wanted = _fingerprint(draft.text)
    raw = {_linked_text(item)}
    if draft.media:
        raw |= {_TRAILING_LINK.sub("", text) for text in raw}
    # Compared unescaped and as it came: a draft may itself contain "&amp;".
    found = {_fingerprint(one) for text in raw for one in (text, html.unescape(text))}
    if draft.in_reply_to:
        # X puts the names of those answered in front of a reply.
        found |= {_LEADING_MENTIONS.sub("", text) for text in found}
        return bool({wanted, _LEADING_MENTIONS.sub("", wanted)} & found)
    return wanted in found


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
    """One post that concerns the profile; None for what has no id."""
    remote_id = reading.text(item.get("id"))
    if not remote_id:
        return None
    author_id = reading.text(item.get("author_id"))
    author = _author(author_id, users.get(author_id, {}))
    parent = parent_id(item)
    answers = parent is not None or bool(item.get("in_reply_to_user_id"))
    return Inbound(
        remote_id=remote_id,
        kind=InboundKind.REPLY if answers else InboundKind.MENTION,
        text=shown_text(item),
        sent_at=sent_at(item) or now,
        author=author,
        permalink=permalink(remote_id, author.handle if author else ""),
        parent_id=parent,
        root_post_id=reading.text(item.get("conversation_id")) or parent or remote_id,
        from_self=bool(author_id) and author_id == own_id,
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
        name=reading.text(user.get("name")) or handle or author_id,
        handle=handle,
        avatar_url=reading.text(user.get("profile_image_url")),
    )


def _linked_text(item: Item) -> str:
    # `text` of a long post is cut; the whole of it, with its own links, is in the note.
    note = reading.a_map(reading.first(item, "note_tweet", "note_post"))
    source = note if note.get("text") else item
    text = reading.text(source.get("text"))
    for link in reading.maps(reading.a_map(source.get("entities")).get("urls")):
        short = reading.text(link.get("url"))
        target = reading.text(reading.first(link, "expanded_url", "unwound_url", "display_url"))
        if short and (link.get("media_key") or _OWN_MEDIA.search(target)) and text.rstrip().endswith(short):
            text = text.rstrip().removesuffix(short)
        elif short and target:
            text = text.replace(short, target)
    return text


def _fingerprint(text: str) -> str:
    """Equal for texts that X would regard as the same: it adds a scheme to links that were written without."""
    return _SCHEME.sub("", normalized(text))
