"""What X pushes of a post."""

from collections.abc import Iterator
from typing import Any

from django.utils.timezone import now

from networks.sandbox.dialects.x import api_objects
from networks.sandbox.models import Account, Entry

_TWEET_FIELDS = [
    "author_id",
    "created_at",
    "conversation_id",
    "in_reply_to_user_id",
    "referenced_tweets",
    "entities",
    "edit_history_tweet_ids",
]


def build_events(entry: Entry) -> Iterator[dict[str, Any]]:
    """To whoever is answered or named, and to the author."""
    answered = entry.parent.author if entry.parent else None
    for account in entry.addressed.filter(is_audience=False):
        yield build_event(entry, account, "post.reply.create" if account == answered else "post.mention.create")
    if not entry.author.is_audience:
        yield build_event(entry, entry.author, "post.create")


def build_event(entry: Entry, account: Account, event_type: str) -> dict[str, Any]:
    at = now()
    author = {key: api_objects.user_object(entry.author, at=at)[key] for key in ("id", "name", "username")}
    return {
        "data": {
            "event_type": event_type,
            "filter": {"user_id": account.remote_id},
            "payload": api_objects.build_tweets([entry], _TWEET_FIELDS, at=at)[0],
            "includes": {"users": [author]},
        }
    }
