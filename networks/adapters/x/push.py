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

from networks.adapters import reading
from networks.adapters.x import parse
from networks.contract import Change, Inbound

_WANTED = {"post.mention.create", "post.reply.create"}
_GONE = "post.delete"


def challenge(params: Mapping[str, str], *, secret: str) -> str | None:
    token = params.get("crc_token", "")
    if not token or not secret:
        return None
    return json.dumps({"response_token": _signature(token.encode(), secret)})


def verify(body: bytes, headers: Mapping[str, str], *, secret: str) -> bool:
    given = {name.lower(): value for name, value in headers.items()}.get("x-twitter-webhooks-signature", "")
    return bool(secret) and hmac.compare_digest(given.encode(), _signature(body, secret).encode())


def items(body: bytes, *, now: datetime) -> dict[str, Sequence[Inbound | Change]]:
    found: dict[str, list[Inbound | Change]] = defaultdict(list)
    top = reading.json_map(body)
    data = top.get("data")
    for event in reading.maps(data if isinstance(data, list) else [data]):
        own_id = reading.text(reading.a_map(event.get("filter")).get("user_id"))
        kind, payload = reading.text(event.get("event_type")), reading.a_map(event.get("payload"))
        if kind == _GONE and own_id and reading.text(payload.get("id")):
            found[own_id].append(Change(parse.versions(payload)[0], removed=True))
        if kind not in _WANTED or not own_id:
            continue
        users = parse.users_of(event.get("includes") or top.get("includes"))
        item = parse.inbound(payload, users, own_id=own_id, now=now)
        if item:
            found[own_id] += [item, parse.change(payload)] if len(parse.versions(payload)) > 1 else [item]
    return dict(found)


def _signature(message: bytes, secret: str) -> str:
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return "sha256=" + base64.b64encode(digest).decode()
