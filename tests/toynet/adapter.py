"""Toynet for one profile."""

import hashlib
import hmac
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from foundation.internet import http
from networks.adapters import json_values, transport
from networks.contract import (
    Adapter,
    Author,
    Capabilities,
    Draft,
    Identity,
    Inbound,
    InboundChange,
    InboundKind,
    InboundPage,
    Polls,
    Published,
    Publishes,
    Pushes,
    Replies,
)
from networks.errors import Disconnected, Refused, Unavailable
from tests.toynet.manifest import MANIFEST


class ToynetAdapter(Adapter, Publishes, Replies, Polls, Pushes):
    network = MANIFEST.network
    label = MANIFEST.label
    capabilities = Capabilities(text_limit=120, push=True)

    @classmethod
    def measure_text(cls, text: str) -> int:
        return len(text)

    def identify(self) -> Identity:
        me = self._call("GET", "me")
        return Identity(remote_id=me["id"], name=me["name"], handle=me["handle"])

    def publish(self, draft: Draft) -> Published:
        body = {"words": draft.text, **({"under": draft.in_reply_to} if draft.in_reply_to else {})}
        return published(self._call("POST", "toys", body))

    def find(self, draft: Draft, *, since: datetime, taken: Collection[str] = ()) -> Published | None:
        toys = self._call("GET", "me/toys")["toys"]
        mine = [one for one in toys if one["words"] == draft.text and one["id"] not in taken]
        return next((published(one) for one in mine if json_values.time_or_none(one["at"]) >= since), None)

    def fetch_inbound(self, cursor: Mapping[str, Any], *, posts: Sequence[str]) -> InboundPage:
        found = self._call("GET", f"me/calls?after={cursor.get('after', '0')}")["toys"]
        items = tuple(inbound(one) for one in found)
        return InboundPage(items=items, cursor={"after": found[-1]["id"]} if found else dict(cursor))

    @classmethod
    def challenge(cls, params: Mapping[str, str], *, secret: str, verify_token: str) -> str | None:
        return None

    @classmethod
    def verify_push(cls, body: bytes, headers: Mapping[str, str], *, secret: str) -> bool:
        wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return bool(secret) and hmac.compare_digest(headers.get("toy-signature", ""), wanted)

    @classmethod
    def parse_push(cls, body: bytes) -> Mapping[str, Sequence[Inbound | InboundChange]]:
        told = json.loads(body)
        return {told["to"]: [inbound(told["toy"])]}

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        token = self.access.credentials["access_token"]
        with transport.translate_faults(self.label, write=method == "POST"), http.new_session() as session:
            answer = session.request(
                method,
                f"{self.access.base_url}/{path}",
                json=body,
                headers={"Authorization": f"Bearer {token}"},
            )
            if answer.status_code == 401:
                raise Disconnected("Toynet does not know this sign-in.")
            if answer.status_code >= 500 and method == "POST":
                raise transport.ambiguous_error(self.label, f"status {answer.status_code}")
            if answer.status_code >= 500:
                raise Unavailable("Toynet does not answer.", detail=f"status {answer.status_code}")
            if answer.status_code != 200:
                raise Refused("Toynet did not take it.", detail=f"status {answer.status_code}")
            return http.parse_json(answer)


def published(toy: Mapping[str, Any]) -> Published:
    return Published(remote_id=toy["id"], permalink=toy["link"])


def inbound(toy: Mapping[str, Any]) -> Inbound:
    return Inbound(
        remote_id=toy["id"],
        kind=InboundKind.MENTION,
        text=toy["words"],
        sent_at=json_values.time_or_none(toy["at"]),
        author=Author(remote_id=toy["by"], name=toy["by_name"]),
        permalink=toy["link"],
    )
