"""X, practised."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.timezone import now

from networks.adapters.x import parse
from networks.adapters.x.manifest import MANIFEST
from networks.contract import Metrics
from networks.sandbox.dialects.dialect import Dialect
from networks.sandbox.dialects.x import api_objects, push_events
from networks.sandbox.dialects.x.views import answer_x_api
from networks.sandbox.models import Account, Entry
from networks.sandbox.snowflake_ids import new_id_number

_MENTION = re.compile(r"(?<![\w@])@(\w{1,50})")


class XDialect(Dialect):
    network = MANIFEST.network
    view = staticmethod(answer_x_api)

    def addressed(self, entry: Entry) -> list[Account]:
        """Whoever is named, and whoever is answered: X puts the latter's name in front."""
        handles = {handle.lower() for handle in _MENTION.findall(entry.text)}
        accounts = Account.objects.filter(network=self.network) if handles else ()
        named = [one for one in accounts if one.handle.lower() in handles]
        answered = [entry.parent.author] if entry.parent else []
        return [one for one in {*named, *answered} if one != entry.author]

    def edit(self, entry: Entry, text: str) -> None:
        """An edit makes another id, by which it is known from then on."""
        number = new_id_number(now())
        entry.earlier = [*entry.earlier, [entry.remote_id, entry.text]]
        entry.number, entry.remote_id, entry.text = number, self.remote_id(number, None, None), text

    def push_events(self, entry: Entry, verb: str) -> Iterator[dict[str, Any]]:
        """X tells nobody of what somebody else took away."""
        return push_events.build_events(entry) if verb in ("add", "edited") else iter(())

    def signature(self, body: bytes, secret: str) -> Mapping[str, str]:
        digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
        return {"x-twitter-webhooks-signature": "sha256=" + base64.b64encode(digest).decode()}

    def metrics(self, entry: Entry, *, at: datetime) -> Metrics:
        return parse.parse_metrics(
            api_objects.build_tweets([entry], ["public_metrics"], at=at)[0], parse.POST_NUMBERS, as_of=at
        )
