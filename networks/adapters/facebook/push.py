"""Meta's webhooks for Pages: the handshake, the signature, and the comments and mentions that changes hold."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from networks.adapters import json_values
from networks.adapters.facebook import parse
from networks.contract import Inbound, InboundChange

_EDIT_VERBS = {"edit", "edited", "update"}
_REMOVE_VERBS = {"remove", "delete"}


def answer_challenge(params: Mapping[str, str], *, verify_token: str) -> str | None:
    given = params.get("hub.verify_token", "")
    if not verify_token or params.get("hub.mode") != "subscribe":
        return None
    return params.get("hub.challenge") if hmac.compare_digest(given.encode(), verify_token.encode()) else None


def verify_signature(body: bytes, headers: Mapping[str, str], *, secret: str) -> bool:
    given = {name.lower(): value for name, value in headers.items()}.get("x-hub-signature-256", "")
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(given.encode(), expected.encode())


def parse_push_items(body: bytes, *, now: datetime) -> dict[str, Sequence[Inbound | InboundChange]]:
    top = json_values.parse_json_object(body)
    found: dict[str, list[Inbound | InboundChange]] = defaultdict(list)
    for entry in json_values.mappings_in(top.get("entry")) if top.get("object") == "page" else []:
        page_id = json_values.text_or_empty(entry.get("id"))
        for change in json_values.mappings_in(entry.get("changes")):
            value = json_values.mapping_or_empty(change.get("value"))
            parsed = _items_of_change(json_values.text_or_empty(change.get("field")), value, page_id, now)
            if parsed and page_id:
                found[page_id] += parsed
    return dict(found)


def _items_of_change(
    field: str, value: Mapping[str, Any], page_id: str, now: datetime
) -> list[Inbound | InboundChange]:
    """What was added; of what changed, how it stands. An edit may be of what was never heard of."""
    verb, item = json_values.text_or_empty(value.get("verb")), _parse_item(field, value, page_id, now)
    if item is None:
        return []
    if verb == "add":
        return [item]
    if verb in _EDIT_VERBS:
        is_complete = bool(item.text and item.author)
        return [
            *([item] if is_complete else []),
            InboundChange(item.remote_id, text=json_values.text_or_empty(value.get("message")) or None),
        ]
    if verb in _REMOVE_VERBS:
        return [InboundChange(item.remote_id, removed=True)]
    return [InboundChange(item.remote_id, hidden=verb == "hide")] if verb in ("hide", "unhide") else []


def _parse_item(field: str, value: Mapping[str, Any], page_id: str, now: datetime) -> Inbound | None:
    post_id = json_values.text_or_empty(value.get("post_id"))
    comment_id = json_values.text_or_empty(value.get("comment_id"))
    if field == "feed" and value.get("item") == "comment" and comment_id and post_id:
        return parse.parse_comment(_as_node(value, comment_id), post_id, page_id=page_id, now=now)
    if field == "mention" and (comment_id or post_id):
        return parse.parse_mention(_as_node(value, comment_id or post_id), page_id=page_id, now=now)
    if (
        field == "feed"
        and json_values.text_or_empty(value.get("item")) in {"post", "status", "photo", "video"}
        and post_id
    ):
        node = _as_node(value, post_id)
        return parse.parse_mention(node, page_id=page_id, now=now) if parse.author_id_of(node) != page_id else None
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
        "attachment": _attachment_of(value),
    }


def _attachment_of(value: Mapping[str, Any]) -> dict[str, str]:
    """The file that came with it: a push names it by its kind and, mostly, its address."""
    for kind in ("sticker", "photo", "video", "animated_image", "link"):
        if address := json_values.text_or_empty(value.get(kind)):
            return {"type": kind, "url": address if address.startswith("https://") else ""}
    return {"type": "photo", "url": ""} if value.get("photo_id") or value.get("photos") else {}
