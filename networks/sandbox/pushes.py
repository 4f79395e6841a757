"""The webhooks of the practice networks: who is told of an entry, in which words, and with which signature."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

from django.utils.timezone import now

from networks.sandbox.dialects.facebook import shapes as wall
from networks.sandbox.dialects.x import shapes
from networks.sandbox.models import Account, Entry
from networks.views.hooks import sandbox_secret

_TWEET_FIELDS = [
    "author_id",
    "created_at",
    "conversation_id",
    "in_reply_to_user_id",
    "referenced_tweets",
    "entities",
    "edit_history_tweet_ids",
]


def bodies(entry: Entry, verb: str = "add") -> list[bytes]:
    """What is pushed, one for each of our accounts that is told. X tells nobody of what somebody else took away."""
    if entry.network == "x":
        events = x_events(entry) if verb in ("add", "edited") else iter(())
    else:
        events = page_events(entry, verb)
    return [json.dumps(event).encode() for event in events]


def signature(network: str, body: bytes) -> dict[str, str]:
    digest = hmac.new(sandbox_secret(network).encode(), body, hashlib.sha256).digest()
    if network == "x":
        return {"x-twitter-webhooks-signature": "sha256=" + base64.b64encode(digest).decode()}
    return {"X-Hub-Signature-256": "sha256=" + digest.hex()}


def x_events(entry: Entry) -> Iterator[dict[str, Any]]:
    """To whoever is answered or named, and to the author."""
    answered = entry.parent.author if entry.parent else None
    for account in entry.addressed.filter(is_audience=False):
        yield x_event(entry, account, "post.reply.create" if account == answered else "post.mention.create")
    if not entry.author.is_audience:
        yield x_event(entry, entry.author, "post.create")


def x_event(entry: Entry, account: Account, event_type: str) -> dict[str, Any]:
    at = now()
    author = {key: shapes.user(entry.author, at=at)[key] for key in ("id", "name", "username")}
    return {
        "data": {
            "event_type": event_type,
            "filter": {"user_id": account.remote_id},
            "payload": shapes.tweets([entry], _TWEET_FIELDS, at=at)[0],
            "includes": {"users": [author]},
        }
    }


def page_events(entry: Entry, verb: str) -> Iterator[dict[str, Any]]:
    """To the Page on whose wall it stands, its own doings included."""
    if entry.wall is None:
        return
    value: dict[str, Any] = {
        "from": {"id": entry.author.remote_id, "name": entry.author.name},
        "message": wall.as_shown(entry.text),
        "created_time": int(entry.created_at.timestamp()),
        "verb": verb,
        "post_id": entry.root_entry.remote_id,
        "item": "status",
    }
    if verb == "remove":
        del value["message"]
    if entry.parent:
        value |= {"item": "comment", "comment_id": entry.remote_id, "parent_id": entry.parent.remote_id}
    change = {"field": "feed", "value": value}
    yield {
        "object": "page",
        "entry": [{"id": entry.wall.remote_id, "time": int(entry.created_at.timestamp()), "changes": [change]}],
    }
