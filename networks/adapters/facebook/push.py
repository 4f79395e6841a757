"""Meta's webhooks for Pages: the handshake, the signature, and the comments and mentions that changes hold."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from networks.adapters import reading
from networks.adapters.facebook import parse
from networks.contract import Change, Inbound

_EDITED = {"edit", "edited", "update"}
_REMOVED = {"remove", "delete"}


def challenge(params: Mapping[str, str], *, verify_token: str) -> str | None:
    given = params.get("hub.verify_token", "")
    if not verify_token or params.get("hub.mode") != "subscribe":
        return None
    return params.get("hub.challenge") if hmac.compare_digest(given.encode(), verify_token.encode()) else None


def verify(body: bytes, headers: Mapping[str, str], *, secret: str) -> bool:
    given = {name.lower(): value for name, value in headers.items()}.get("x-hub-signature-256", "")
    wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(given.encode(), wanted.encode())


def items(body: bytes, *, now: datetime) -> dict[str, Sequence[Inbound | Change]]:
    top = reading.json_map(body)
    found: dict[str, list[Inbound | Change]] = defaultdict(list)
    for entry in reading.maps(top.get("entry")) if top.get("object") == "page" else []:
        page_id = reading.text(entry.get("id"))
        for change in reading.maps(entry.get("changes")):
            value = reading.a_map(change.get("value"))
            told = _told(reading.text(change.get("field")), value, page_id, now)
            if told and page_id:
                found[page_id] += told
    return dict(found)


def _told(field: str, value: Mapping[str, Any], page_id: str, now: datetime) -> list[Inbound | Change]:
    """What was added; of what changed, how it stands. An edit may be of what was never heard of."""
    verb, item = reading.text(value.get("verb")), _item(field, value, page_id, now)
    if item is None:
        return []
    if verb == "add":
        return [item]
    if verb in _EDITED:
        known = bool(item.text and item.author)
        return [*([item] if known else []), Change(item.remote_id, text=reading.text(value.get("message")) or None)]
    if verb in _REMOVED:
        return [Change(item.remote_id, removed=True)]
    return [Change(item.remote_id, hidden=verb == "hide")] if verb in ("hide", "unhide") else []


def _item(field: str, value: Mapping[str, Any], page_id: str, now: datetime) -> Inbound | None:
    post_id = reading.text(value.get("post_id"))
    comment_id = reading.text(value.get("comment_id"))
    if field == "feed" and value.get("item") == "comment" and comment_id and post_id:
        return parse.comment(_as_node(value, comment_id), post_id, page_id=page_id, now=now)
    if field == "mention" and (comment_id or post_id):
        return parse.mention(_as_node(value, comment_id or post_id), page_id=page_id, now=now)
    if field == "feed" and reading.text(value.get("item")) in {"post", "status", "photo", "video"} and post_id:
        node = _as_node(value, post_id)
        return parse.mention(node, page_id=page_id, now=now) if parse.author_id(node) != page_id else None
    return None


def _as_node(value: Mapping[str, Any], remote_id: str) -> dict[str, Any]:
    """The change, in the form in which Graph returns the object itself."""
    sender = {"id": value.get("sender_id"), "name": value.get("sender_name")}
    return {
        "id": remote_id,
        "message": value.get("message"),
        "from": value.get("from") or sender,
        "created_time": value.get("created_time"),
        "parent": {"id": value.get("parent_id")},
        "attachment": _shown(value),
    }


def _shown(value: Mapping[str, Any]) -> dict[str, str]:
    """The file that came with it: a push names it by its kind and, mostly, its address."""
    for kind in ("sticker", "photo", "video", "animated_image", "link"):
        if address := reading.text(value.get(kind)):
            return {"type": kind, "url": address if address.startswith("https://") else ""}
    return {"type": "photo", "url": ""} if value.get("photo_id") or value.get("photos") else {}
