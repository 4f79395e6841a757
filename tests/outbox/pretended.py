"""A moment, an answer, an error and a network that are only pretended, for the rules that need no request."""

from datetime import UTC, datetime, timedelta
from typing import Any

from networks import errors
from networks.contract import Draft, Published, Publishes

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
FOUND = Published("77", "https://x.com/acme/status/77", AT)


def error(kind: type, **more: Any) -> errors.NetworkError:
    return kind("So.", detail="Why", code="9", **more)


class Network(Publishes):
    """Publishes, finds, or fails."""

    def __init__(self, does: Any = None, found: Any = None) -> None:
        self.does, self.found, self.asked = does, found or [], []

    def publish(self, draft: Draft) -> Published:
        self.asked.append(draft)
        if isinstance(self.does, Exception):
            raise self.does
        return self.does

    def find(self, draft: Draft, *, since: datetime, taken: frozenset[str] = frozenset()) -> Published | None:
        self.asked.append((draft, since, taken))
        answer = self.found.pop(0) if self.found else None
        if isinstance(answer, Exception):
            raise answer
        return answer
