"""X's webhooks: the recurring handshake, the signature, and what the activity events hold.

An event is `{"data": {"event_type": "post.mention.create" | "post.reply.create", "filter": {"user_id": ours},
"payload": <post>, "includes": {"users": [...]}}}`; `data` may also be a list of such.
"""

import base64
import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from networks.adapters import json_values
from networks.adapters.x import parse
from networks.contract import Inbound, InboundChange

_INBOUND_EVENTS = {"post.mention.create", "post.reply.create"}
_DELETE_EVENT = "post.delete"


def answer_challenge(params: Mapping[str, str], *, secret: str) -> str | None:
    token = params.get("crc_token", "")
    if not token or not secret:
        return None
    return json.dumps({"response_token": _signature_of(token.encode(), secret)})


def verify_signature(body: bytes, headers: Mapping[str, str], *, secret: str) -> bool:
    given = {name.lower(): value for name, value in headers.items()}.get("x-twitter-webhooks-signature", "")
    return bool(secret) and hmac.compare_digest(given.encode(), _signature_of(body, secret).encode())


def parse_push_items(body: bytes, *, now: datetime) -> dict[str, Sequence[Inbound | InboundChange]]:
    found: dict[str, list[Inbound | InboundChange]] = defaultdict(list)
    top = json_values.parse_json_object(body)
    data = top.get("data")
    for event in json_values.mappings_in(data if isinstance(data, list) else [data]):
        own_id = json_values.text_or_empty(json_values.mapping_or_empty(event.get("filter")).get("user_id"))
        kind, payload = (
            json_values.text_or_empty(event.get("event_type")),
            json_values.mapping_or_empty(event.get("payload")),
        )
        if kind == _DELETE_EVENT and own_id and json_values.text_or_empty(payload.get("id")):
            found[own_id].append(InboundChange(parse.version_ids(payload)[0], removed=True))
        if kind not in _INBOUND_EVENTS or not own_id:
            continue
        users = parse.users_by_id(event.get("includes") or top.get("includes"))
        item = parse.parse_inbound(payload, users, own_id=own_id, now=now)
        if item:
            found[own_id] += [item, parse.parse_change(payload)] if len(parse.version_ids(payload)) > 1 else [item]
    return dict(found)


def _signature_of(message: bytes, secret: str) -> str:
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return "sha256=" + base64.b64encode(digest).decode()
