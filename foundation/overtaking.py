"""What somebody saw when they began to change a thing: its mark goes along and is compared while the thing is locked.

One way for every door: pages carry the mark in the hidden field `seen`, programs as the ETag in `If-Match`.
"""

import hashlib
import json
from collections.abc import Collection
from datetime import UTC, datetime

from foundation.errors import Conflict

Seen = str | Collection[str] | None  # marks of which one must be the one that stands; None takes what is there
MARK_SEPARATOR = "@"  # between a mark and when it was seen


class Overtaken(Conflict):
    """Somebody else changed it between the reading and the writing. Nothing was stored."""

    status = 412

    def __init__(self, user_message: str = "") -> None:
        super().__init__(user_message or "This has changed since you read it. Read it again, then change it.")


def mark_of(*facts: object) -> str:
    """The same for the same facts, another for others."""
    return hashlib.sha256(json.dumps(facts, default=str, sort_keys=True).encode()).hexdigest()[:32]


def format_seen_mark(mark: str, at: datetime) -> str:
    """A mark and when it was seen, as a page carries it."""
    return f"{mark}{MARK_SEPARATOR}{int(at.timestamp() * 1000):x}"


def parse_seen_time(seen: Seen) -> datetime | None:
    """When a page was drawn; None of what no page of ours has spelt so."""
    try:
        return datetime.fromtimestamp(int(str(seen).rpartition(MARK_SEPARATOR)[2], 16) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def is_overtaken(mark: str, seen: Seen) -> bool:
    if seen is None:
        return False
    named = {seen, seen.rpartition(MARK_SEPARATOR)[0]} if isinstance(seen, str) else set(seen)
    return mark not in named


def refuse_overtaken(mark: str, seen: Seen) -> None:
    """To be asked while the thing is locked. Raises Overtaken where `mark`, which stands now, is none that was seen."""
    if is_overtaken(mark, seen):
        raise Overtaken
