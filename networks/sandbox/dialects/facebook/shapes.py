"""Graph's objects: Pages, posts and comments, with the fields asked for."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from networks.access import practice_permalink, practice_url
from networks.sandbox.dialects.facebook.fields import Field
from networks.sandbox.dialects.facebook.refusals import no_field
from networks.sandbox.measured import followers_of, numbers_of
from networks.sandbox.models import Account, Entry, Upload
from networks.sandbox.numbers import PostNumbers

Maker = Callable[[Any, Any, datetime], Any]  # (account or entry, its numbers where they are counted, now)
_EMPTY_LINES = re.compile(r"\n{3,}")
_COUNTED = {"comments", "reactions", "likes", "shares", "like_count", "comment_count"}


def moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


def person(account: Account) -> dict[str, str]:
    return {"id": account.remote_id, "name": account.name}


def as_shown(words: str) -> str:
    """As Facebook keeps a text: composed, no space at its ends or those of its lines, one empty line at most."""
    lines = "\n".join(line.rstrip() for line in words.split("\n"))
    return unicodedata.normalize("NFC", _EMPTY_LINES.sub("\n\n", lines)).strip()


def link(entry: Entry) -> str:
    """Where the post or comment can be seen: on the practice page of whose wall it is."""
    page = entry.wall or entry.author
    url = practice_url(page.organization.slug, "facebook", page.handle)
    return practice_permalink(url, entry.remote_id)


def total(count: int) -> dict[str, Any]:
    return {"data": [], "summary": {"total_count": count}}


def attachments(entry: Entry) -> dict[str, Any] | None:
    """One photo stands for itself, several stand in an album; Graph leaves the field out where there is nothing."""
    shown = [
        {"type": "photo", "media_type": "photo", "description": one.alt_text, "target": {"id": one.remote_id}}
        for one in entry.files
    ]
    if len(shown) > 1:
        album = {"id": str(entry.number)}
        shown = [{"type": "album", "media_type": "album", "target": album, "subattachments": {"data": shown}}]
    return {"data": shown} if shown else None


PAGE: Mapping[str, Maker] = {
    "id": lambda page, _, at: page.remote_id,
    "name": lambda page, _, at: page.name,
    "username": lambda page, _, at: page.handle,
    "link": lambda page, _, at: practice_url(page.organization.slug, "facebook", page.handle),
    "picture": lambda page, _, at: {"data": {"url": "", "is_silhouette": True}},
    "category": lambda page, _, at: "Practice",
    "followers_count": lambda page, _, at: followers_of(page, at=at),
    "fan_count": lambda page, _, at: followers_of(page, at=at),
}
_ENTRY: dict[str, Maker] = {
    "id": lambda entry, _, at: entry.remote_id,
    "message": lambda entry, _, at: as_shown(entry.text),
    "from": lambda entry, _, at: person(entry.author),
    "created_time": lambda entry, _, at: moment(entry.created_at),
    "is_hidden": lambda entry, _, at: entry.is_hidden,
    "permalink_url": lambda entry, _, at: link(entry),
    "comments": lambda entry, counted, at: total(counted.replies),
    "reactions": lambda entry, counted, at: total(counted.likes),
    "likes": lambda entry, counted, at: total(counted.likes),
}
POST: Mapping[str, Maker] = {
    **_ENTRY,
    # Graph leaves it out where there are none.
    "shares": lambda entry, counted, at: {"count": counted.reposts} if counted.reposts else None,
    "attachments": lambda entry, _, at: attachments(entry),
}
PHOTO: Mapping[str, Maker] = {
    "id": lambda photo, _, at: photo.remote_id,
    "alt_text_custom": lambda photo, _, at: photo.alt_text,
    "created_time": lambda photo, _, at: moment(photo.created_at),
}
COMMENT: Mapping[str, Maker] = {
    **_ENTRY,
    "parent": lambda entry, _, at: {"id": entry.parent.remote_id} if entry.parent_id != entry.root_id else None,
    "like_count": lambda entry, counted, at: counted.likes,
    "comment_count": lambda entry, counted, at: counted.replies,
}
_DEFAULTS = {
    "Page": ("id", "name"),
    "Photo": ("id", "created_time"),
    "Post": ("id", "message", "created_time"),
    "Comment": ("id", "message", "created_time", "from"),
}


def nodes(entries: Iterable[Entry], fields: list[Field], *, at: datetime) -> list[dict[str, Any]]:
    """The entries (with author, wall's organization, parent and root selected) with the fields asked for."""
    listed = list(entries)
    counted = numbers_of(listed, at=at) if any(field.name in _COUNTED for field in fields) else {}
    return [node(entry, fields, counted.get(entry.pk), at) for entry in listed]


def node(
    thing: Account | Entry | Upload, fields: list[Field], counted: PostNumbers | None, at: datetime
) -> dict[str, Any]:
    kind, makers = kind_of(thing)
    names = [field.name for field in fields] or list(_DEFAULTS[kind])
    if wrong := next((name for name in names if name not in makers), None):
        raise no_field(wrong, kind)
    # Graph adds the id to whatever is asked for.
    made = {name: makers[name](thing, counted, at) for name in dict.fromkeys(["id", *names])}
    return {name: value for name, value in made.items() if value is not None}


def kind_of(thing: Account | Entry | Upload) -> tuple[str, Mapping[str, Maker]]:
    if isinstance(thing, Account):
        return "Page", PAGE
    if isinstance(thing, Upload):
        return "Photo", PHOTO
    return ("Comment", COMMENT) if thing.parent_id else ("Post", POST)


def insight(entry: Entry, metric: str, value: int) -> dict[str, Any]:
    return {
        "name": metric,
        "period": "lifetime",
        "values": [{"value": value}],
        "id": f"{entry.remote_id}/insights/{metric}/lifetime",
    }
