"""From Graph's JSON to our shapes. Pure; nothing is required to be there."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

from foundation.texts.text import normalized
from networks.adapters import reading
from networks.adapters.facebook import pictures
from networks.contract import Author, Change, Draft, Identity, Inbound, InboundKind, Published

Item = Mapping[str, Any]

_KINDS = {"sticker": "Sticker", "animated": "GIF", "photo": "Picture", "album": "Picture", "video": "Video"}


def permalink(remote_id: str) -> str:
    return f"https://www.facebook.com/{remote_id}"


def identity(page: Item) -> Identity:
    remote_id = reading.text(page.get("id"))
    picture = reading.a_map(reading.a_map(page.get("picture")).get("data"))
    handle = reading.text(page.get("username"))
    return Identity(
        remote_id=remote_id,
        name=reading.text(page.get("name")) or handle or remote_id,
        handle=handle,
        url=reading.text(page.get("link")) or permalink(handle or remote_id),
        avatar_url=reading.text(picture.get("url")),
    )


def next_cursor(page: Item) -> str | None:
    """Where the next page begins. `paging.next` is never called: it names a host, and may hold a token.

    Without `next` this was the last page, although cursors may be there all the same.
    """
    paging = reading.a_map(page.get("paging"))
    following = reading.text(paging.get("next"))
    if not following:
        return None
    after = reading.text(reading.a_map(paging.get("cursors")).get("after"))
    return after or next(iter(parse_qs(urlsplit(following).query).get("after", [])), None)


def author_id(item: Item) -> str:
    return reading.text(reading.a_map(item.get("from")).get("id"))


def created_at(item: Item) -> datetime | None:
    return reading.instant(item.get("created_time"))


def reaches_back_to(items: list[Item], since: datetime) -> bool:
    """Whether nothing since then can follow: only a page that really runs backwards in time tells that."""
    times = [time for item in items if (time := created_at(item))]
    backwards = all(one >= other for one, other in pairwise(times))
    return bool(times) and backwards and times[0] > times[-1] and times[-1] < since


def is_copy_of(item: Item, draft: Draft) -> bool:
    """Whether this post or comment is `draft`: told by its pictures where it shows any, or else by its text."""
    ours = pictures.tells_apart(item, draft)
    if ours is None:
        said = normalized(draft.text)
        return bool(said) and normalized(reading.text(item.get("message"))) == said
    return ours


def published(item: Item) -> Published:
    remote_id = reading.text(item.get("id"))
    link = reading.text(item.get("permalink_url")) or permalink(remote_id)
    return Published(remote_id=remote_id, permalink=link, published_at=created_at(item))


def comment(item: Item, post_id: str, *, page_id: str, now: datetime) -> Inbound:
    """One comment beneath `post_id`. What stands directly beneath the post answers the post."""
    parent = reading.text(reading.a_map(item.get("parent")).get("id"))
    nested = bool(parent) and parent != post_id
    return _inbound(
        item,
        InboundKind.REPLY if nested else InboundKind.COMMENT,
        parent_id=parent or post_id,
        root_post_id=post_id,
        page_id=page_id,
        now=now,
    )


def change(item: Item) -> Change:
    """How a post or comment stands; of what is not said of it, nothing is known."""
    hidden = item.get("is_hidden")
    return Change(
        reading.text(item.get("id")),
        text=reading.text(item.get("message")) or None,
        hidden=hidden if isinstance(hidden, bool) else None,
    )


def mention(item: Item, *, page_id: str, now: datetime) -> Inbound:
    """Somebody's post on the Page, or one that names it."""
    remote_id = reading.text(item.get("id"))
    return _inbound(item, InboundKind.MENTION, parent_id=None, root_post_id=remote_id, page_id=page_id, now=now)


def total(item: Item, field: str) -> int | None:
    summary = reading.a_map(reading.a_map(item.get(field)).get("summary"))
    return reading.whole(summary.get("total_count"))


def insight(body: Item) -> int | None:
    """The single value of a metric; an empty data set means that Facebook has no number, which is not zero."""
    for metric in reading.maps(body.get("data")):
        for value in reading.maps(metric.get("values")):
            return reading.whole(value.get("value"))
    return None


def file_of(item: Item, link: str) -> tuple[str, str]:
    """What is shown with it, in a word, and where that is to be seen: there, or else at `link`. Empty: nothing is."""
    several = reading.maps(reading.a_map(item.get("attachments")).get("data"))
    one = reading.a_map(item.get("attachment")) or (several[0] if several else {})
    if not one:
        return "", ""
    kind = next((word for part, word in _KINDS.items() if part in reading.text(one.get("type"))), "Attachment")
    return kind, reading.text(one.get("url")) or link


def _inbound(
    item: Item, kind: InboundKind, *, parent_id: str | None, root_post_id: str, page_id: str, now: datetime
) -> Inbound:
    remote_id = reading.text(item.get("id"))
    who = author_id(item)
    name = reading.text(reading.a_map(item.get("from")).get("name"))
    link = reading.text(item.get("permalink_url")) or permalink(remote_id)
    from_self = bool(who) and who == page_id
    return Inbound(
        remote_id=remote_id,
        kind=kind,
        text=reading.text(item.get("message")) or ("" if from_self else reading.wordless(*file_of(item, link))),
        sent_at=created_at(item) or now,
        # Facebook hides people who restrict who may see them.
        author=Author(remote_id=who, name=name or who) if who else None,
        permalink=link,
        parent_id=parent_id,
        root_post_id=root_post_id,
        from_self=from_self,
    )
