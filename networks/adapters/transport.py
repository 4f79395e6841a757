"""What every adapter shares: how a failed call becomes one of `networks.errors`, and how pages are drained."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from foundation.internet.http import Fate, TransportFault, raise_transport_faults
from networks.adapters import json_values
from networks.contract import Access, CallKind, Draft, RateLimit
from networks.errors import Ambiguous, NetworkError, NotSent, RateLimited, Refused, Unavailable

DEFAULT_WAIT = timedelta(minutes=15) * settings.OUTBOX_WAITS_PERCENT / 100
"""Where a network names no time."""
LONGEST_WAIT = timedelta(days=32)
"""What a network says beyond this is taken for a mistake."""
_MAX_PAGES = 100


@contextmanager
def translate_faults(label: str, *, write: bool) -> Iterator[None]:
    """Around one call: transport failures leave as NotSent or Ambiguous (writes) or Unavailable (reads)."""
    try:
        with raise_transport_faults():
            yield
    except TransportFault as fault:
        raise transport_error(fault, label, write=write) from None


@contextmanager
def ambiguous_as_unavailable(label: str) -> Iterator[None]:
    """Around writes that publish nothing: what may have happened may as well happen again."""
    try:
        yield
    except Ambiguous as error:
        raise Unavailable(f"{label} did not take it just now.", detail=error.detail, code=error.code) from None


def require_media_ids(draft: Draft, label: str) -> list[str]:
    """What the network calls the draft's files, in their order. A post never leaves with fewer than it has."""
    if len(draft.uploads) != len(draft.media):
        raise Refused(f"The files of this post are not on {label} yet.", detail="uploads do not match the media")
    return [upload.media_id for upload in draft.uploads]


def transport_error(fault: TransportFault, label: str, *, write: bool) -> NetworkError:
    if not write:
        return Unavailable(f"{label} could not be reached.", detail=fault.reason)
    if fault.fate is Fate.NOT_SENT:
        return NotSent(f"{label} could not be reached, so nothing was sent.", detail=fault.reason)
    return ambiguous_error(label, fault.reason)


def ambiguous_error(label: str, detail: str, *, code: str = "") -> Ambiguous:
    return Ambiguous(f"{label} did not confirm this, so it has to be looked up there.", detail=detail, code=code)


def report_rate_limit(access: Access, error: NetworkError, counts: CallKind) -> None:
    """A limit of the whole app is known to the one who ran into it; nobody else needs to."""
    if isinstance(error, RateLimited) and error.whole_app:
        access.on_limit(RateLimit(counts, 1.0, error.retry_at, whole_app=True))


def secrets_of(access: Access) -> list[str]:
    """What must never appear in a message, should a network echo it."""
    held = {**access.app, **access.credentials}
    words = ("token", "secret", "password")
    return [
        value for key, value in held.items() if isinstance(value, str) and len(value) > 5 and _contains_any(words, key)
    ]


def redact_secrets(message: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        message = message.replace(secret, "[hidden]")
    return message


def parse_retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """The `Retry-After` header in its form of seconds; never at once, and not believed beyond a month."""
    seconds = json_values.int_or_none(headers.get("retry-after"))
    if seconds is None or not 0 <= seconds <= LONGEST_WAIT.total_seconds():
        return None
    return now + timedelta(seconds=max(1, seconds))


def drain_pages(
    fetch: Callable[[str | None], Any], next_token: Callable[[Any], str | None], label: str
) -> Iterator[Any]:
    """Every page that `fetch` returns, until there is no next one.

    A network that repeats a token, or never ends, raises: an unfinished read must not pass for a complete one.
    """
    token: str | None = None
    seen: set[str] = set()
    for _ in range(_MAX_PAGES):
        page = fetch(token)
        yield page
        token = next_token(page)
        if not token:
            return
        if token in seen:
            break
        seen.add(token)
    raise Unavailable(f"{label} did not finish its list.", detail="paging does not end")


def utcnow() -> datetime:
    return datetime.now(UTC)


def _contains_any(words: Iterable[str], key: str) -> bool:
    return any(word in key for word in words)
