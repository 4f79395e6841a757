"""Facebook's Pages, practised."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from networks.adapters.facebook import page_numbers
from networks.adapters.facebook.manifest import MANIFEST
from networks.contract import Metrics
from networks.sandbox.dialects.dialect import Dialect
from networks.sandbox.dialects.facebook import api_objects
from networks.sandbox.dialects.facebook.fields import parse_fields
from networks.sandbox.dialects.facebook.views import answer_graph
from networks.sandbox.entry_numbers import numbers_of_entries
from networks.sandbox.models import Account, Entry


class FacebookDialect(Dialect):
    network = MANIFEST.network
    has_walls = True
    view = staticmethod(answer_graph)

    def credentials(self, account: Account, token: str) -> dict[str, Any]:
        return {"page_id": account.remote_id, "access_token": token}

    def remote_id(self, number: int, under: Entry | None, wall: Account | None) -> str:
        """The Page stands before a post, and the post before a comment."""
        return f"{under.root_entry.number}_{number}" if under else f"{wall.remote_id if wall else 0}_{number}"

    def push_events(self, entry: Entry, verb: str) -> Iterator[dict[str, Any]]:
        """To the Page on whose wall it stands, its own doings included."""
        if entry.wall is None:
            return
        value: dict[str, Any] = {
            "from": {"id": entry.author.remote_id, "name": entry.author.name},
            "message": api_objects.format_message(entry.text),
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

    def signature(self, body: bytes, secret: str) -> Mapping[str, str]:
        return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}

    def metrics(self, entry: Entry, *, at: datetime) -> Metrics:
        counted = numbers_of_entries([entry], at=at)[entry.pk]
        node = api_objects.build_nodes([entry], parse_fields(page_numbers.NUMBER_FIELDS), at=at)[0]
        return page_numbers.post_metrics(node, {"impressions": counted.impressions, "clicks": counted.clicks}, as_of=at)
