"""Graph's objects: Pages, posts and comments, with the fields asked for."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from networks.access import practice_permalink, practice_url
from networks.sandbox.dialects.facebook.fields import Field
from networks.sandbox.dialects.facebook.refusals import unknown_field
from networks.sandbox.entry_numbers import followers_of, numbers_of_entries
from networks.sandbox.models import Account, Entry, Upload
from networks.sandbox.simulated_numbers import PostNumbers

FieldMaker = Callable[[Any, Any, datetime], Any]  # (account or entry, its numbers where they are counted, now)
_EMPTY_LINES = re.compile(r"\n{3,}")
_COUNTED_FIELDS = {"comments", "reactions", "likes", "shares", "like_count", "comment_count"}


def format_time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


def person_object(account: Account) -> dict[str, str]:
    return {"id": account.remote_id, "name": account.name}


def format_message(words: str) -> str:
    """As Facebook keeps a text: composed, no space at its ends or those of its lines, one empty line at most."""
    lines = "\n".join(line.rstrip() for line in words.split("\n"))
    return unicodedata.normalize("NFC", _EMPTY_LINES.sub("\n\n", lines)).strip()


def permalink_of(entry: Entry) -> str:
    """Where the post or comment can be seen: on the practice page of whose wall it is."""
    page = entry.wall or entry.author
    url = practice_url(page.organization.slug, "facebook", page.handle)
    return practice_permalink(url, entry.remote_id)


def total_summary(count: int) -> dict[str, Any]:
    return {"data": [], "summary": {"total_count": count}}


def attachments_of(entry: Entry) -> dict[str, Any] | None:
    """One photo stands for itself, several stand in an album; Graph leaves the field out where there is nothing."""
    shown = [
        {"type": "photo", "media_type": "photo", "description": one.alt_text, "target": {"id": one.remote_id}}
        for one in entry.files
    ]
    if len(shown) > 1:
        album = {"id": str(entry.number)}
        shown = [{"type": "album", "media_type": "album", "target": album, "subattachments": {"data": shown}}]
    return {"data": shown} if shown else None


PAGE_FIELDS: Mapping[str, FieldMaker] = {
    "id": lambda page, _, at: page.remote_id,
    "name": lambda page, _, at: page.name,
    "username": lambda page, _, at: page.handle,
    "link": lambda page, _, at: practice_url(page.organization.slug, "facebook", page.handle),
    "picture": lambda page, _, at: {"data": {"url": "", "is_silhouette": True}},
    "category": lambda page, _, at: "Practice",
    "followers_count": lambda page, _, at: followers_of(page, at=at),
    "fan_count": lambda page, _, at: followers_of(page, at=at),
}
_ENTRY_FIELDS: dict[str, FieldMaker] = {
    "id": lambda entry, _, at: entry.remote_id,
    "message": lambda entry, _, at: format_message(entry.text),
    "from": lambda entry, _, at: person_object(entry.author),
    "created_time": lambda entry, _, at: format_time(entry.created_at),
    "is_hidden": lambda entry, _, at: entry.is_hidden,
    "permalink_url": lambda entry, _, at: permalink_of(entry),
    "comments": lambda entry, counted, at: total_summary(counted.replies),
    "reactions": lambda entry, counted, at: total_summary(counted.likes),
    "likes": lambda entry, counted, at: total_summary(counted.likes),
}
POST_FIELDS: Mapping[str, FieldMaker] = {
    **_ENTRY_FIELDS,
    # Graph leaves it out where there are none.
    "shares": lambda entry, counted, at: {"count": counted.reposts} if counted.reposts else None,
    "attachments": lambda entry, _, at: attachments_of(entry),
}
PHOTO_FIELDS: Mapping[str, FieldMaker] = {
    "id": lambda photo, _, at: photo.remote_id,
    "alt_text_custom": lambda photo, _, at: photo.alt_text,
    "created_time": lambda photo, _, at: format_time(photo.created_at),
}
COMMENT_FIELDS: Mapping[str, FieldMaker] = {
    **_ENTRY_FIELDS,
    "parent": lambda entry, _, at: {"id": entry.parent.remote_id} if entry.parent_id != entry.root_id else None,
    "like_count": lambda entry, counted, at: counted.likes,
    "comment_count": lambda entry, counted, at: counted.replies,
}
_DEFAULT_FIELDS = {
    "Page": ("id", "name"),
    "Photo": ("id", "created_time"),
    "Post": ("id", "message", "created_time"),
    "Comment": ("id", "message", "created_time", "from"),
}


def build_nodes(entries: Iterable[Entry], fields: list[Field], *, at: datetime) -> list[dict[str, Any]]:
    """The entries (with author, wall's organization, parent and root selected) with the fields asked for."""
    listed = list(entries)
    counted = numbers_of_entries(listed, at=at) if any(field.name in _COUNTED_FIELDS for field in fields) else {}
    return [build_node(entry, fields, counted.get(entry.pk), at) for entry in listed]


def build_node(
    thing: Account | Entry | Upload, fields: list[Field], counted: PostNumbers | None, at: datetime
) -> dict[str, Any]:
    kind, makers = node_kind_of(thing)
    names = [field.name for field in fields] or list(_DEFAULT_FIELDS[kind])
    if wrong := next((name for name in names if name not in makers), None):
        raise unknown_field(wrong, kind)
    # Graph adds the id to whatever is asked for.
    made = {name: makers[name](thing, counted, at) for name in dict.fromkeys(["id", *names])}
    return {name: value for name, value in made.items() if value is not None}


def node_kind_of(thing: Account | Entry | Upload) -> tuple[str, Mapping[str, FieldMaker]]:
    if isinstance(thing, Account):
        return "Page", PAGE_FIELDS
    if isinstance(thing, Upload):
        return "Photo", PHOTO_FIELDS
    return ("Comment", COMMENT_FIELDS) if thing.parent_id else ("Post", POST_FIELDS)


def insight_object(entry: Entry, metric: str, value: int) -> dict[str, Any]:
    return {
        "name": metric,
        "period": "lifetime",
        "values": [{"value": value}],
        "id": f"{entry.remote_id}/insights/{metric}/lifetime",
    }
