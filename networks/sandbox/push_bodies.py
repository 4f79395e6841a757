"""The webhooks of the practice networks: who is told of an entry, in which words, and with which signature."""

import json
from collections.abc import Mapping

from networks.sandbox.dialects.dialect import require_dialect
from networks.sandbox.models import Entry
from networks.views.hooks import sandbox_secret


def build_push_bodies(entry: Entry, verb: str = "add") -> list[bytes]:
    """What is pushed, one for each of our accounts that is told."""
    return [json.dumps(event).encode() for event in require_dialect(entry.network).push_events(entry, verb)]


def signature_headers(network: str, body: bytes) -> Mapping[str, str]:
    return require_dialect(network).signature(body, sandbox_secret(network))
