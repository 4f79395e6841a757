"""A file's way to X: announced, brought in segments, closed, described; then X works on it for a while.

Nothing of this is seen by anybody, so every call may be repeated.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from foundation.texts.text import clipped
from networks.adapters import reading, transport
from networks.contract import Access, Media, MediaKind, MediaLimit, Uploaded
from networks.errors import Gone, Refused, Unavailable

Step = Callable[..., Mapping[str, Any]]  # (method, route, **params) -> the answer; empty where X says nothing

ROUTE = "/2/media/upload"
MIB = 1024 * 1024
SEGMENT = MIB
ALT_TEXT_LIMIT = 1000
LIMITS = {
    MediaKind.IMAGE: MediaLimit(4, frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"}), 5 * MIB),
    MediaKind.GIF: MediaLimit(1, frozenset({"image/gif"}), 15 * MIB, widest=(1280, 1080)),
    MediaKind.VIDEO: MediaLimit(
        1, frozenset({"video/mp4", "video/quicktime"}), 512 * MIB, widest=(1280, 1024), seconds=(0.5, 140.0)
    ),
}
_CATEGORIES = {MediaKind.IMAGE: "tweet_image", MediaKind.GIF: "tweet_gif", MediaKind.VIDEO: "tweet_video"}
_KEPT = timedelta(hours=20)  # X keeps them for a day; this is for an answer that does not say so
_NEXT_LOOK, _LONGEST_LOOK = 5, 60  # seconds


def bring(step: Step, access: Access, media: Media, file: BinaryIO) -> Uploaded:
    """The whole way."""
    kind = {"media_type": media.content_type, "total_bytes": media.size, "media_category": _CATEGORIES[media.kind]}
    begun = reading.a_map(step("POST", f"{ROUTE}/initialize", json=kind).get("data"))
    media_id = reading.text(begun.get("id"))
    if not media_id:
        raise Unavailable("X did not take the file.", detail="an upload without an id")
    for index, segment in enumerate(segments(file)):
        access.alive()
        part = {"media": ("segment", segment, "application/octet-stream")}
        step("POST", f"{ROUTE}/{media_id}/append", data={"segment_index": str(index)}, files=part)
    access.alive()
    closed = reading.a_map(step("POST", f"{ROUTE}/{media_id}/finalize").get("data"))
    if not reading.text(closed.get("id")):
        raise Unavailable("X did not take the file.", detail="closed without an id")
    if media.alt_text:
        access.alive()
        describe(step, access, media_id, media.alt_text)
    return as_held(access, {**begun, **closed}, Uploaded(media_id, marker=media_id))


def segments(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(SEGMENT), b"")


def describe(step: Step, access: Access, media_id: str, alt_text: str) -> None:
    """A picture without the words for those who cannot see it is not the one that was to leave."""
    answer = step("POST", "/2/media/metadata", json={"id": media_id, "metadata": {"alt_text": {"text": alt_text}}})
    if "errors" in answer and "data" not in answer:
        raise Refused("X did not take the description of a file.", detail=f"metadata: {first_words(access, answer)}")


def look(step: Step, access: Access, held: Uploaded) -> Uploaded:
    answer = step("GET", ROUTE, params={"command": "STATUS", "media_id": held.media_id})
    data = reading.a_map(answer.get("data"))
    if not data and any(_is_missing(one) for one in reading.maps(answer.get("errors"))):
        raise Gone("X no longer holds a file of this post.", detail=f"STATUS: {first_words(access, answer)}")
    if not data:
        raise Unavailable("X did not say how far it is with a file.", detail="STATUS without data")
    return as_held(access, data, held)


def as_held(access: Access, data: Mapping[str, Any], known: Uploaded) -> Uploaded:
    """What `data` says of the file, and otherwise what was `known`. Raises Refused where X could not use it."""
    now = transport.utcnow()
    info = reading.a_map(data.get("processing_info"))
    state = reading.text(info.get("state"))
    if state == "failed":
        raise unusable(access, reading.a_map(info.get("error")))
    return Uploaded(
        media_id=known.media_id,
        marker=reading.text(data.get("media_key")) or known.marker,
        expires_at=ends_at(data, now) or known.expires_at or now + _KEPT,
        ready_at=None if state in {"", "succeeded"} else now + next_look(info),
    )


def ends_at(data: Mapping[str, Any], now: datetime) -> datetime | None:
    """Until when X keeps it; None where that is not said, or cannot be believed."""
    seconds = reading.whole(data.get("expires_after_secs")) or 0
    return now + timedelta(seconds=seconds) if 0 < seconds <= transport.LONGEST_WAIT.total_seconds() else None


def next_look(info: Mapping[str, Any]) -> timedelta:
    """When X wants to be asked again; never at once, and never so late that the post waits for nothing."""
    wanted = reading.whole(info.get("check_after_secs"))
    return timedelta(seconds=min(max(1, _NEXT_LOOK if wanted is None else wanted), _LONGEST_LOOK))


def unusable(access: Access, error: Mapping[str, Any]) -> Refused:
    said = _clean(access, reading.first(error, "message", "detail", "name"))
    message = f"X could not use a file of this post: {said}" if said else "X could not use a file of this post."
    code = _clean(access, error.get("code"))
    return Refused(message, detail=f"processing failed: {said or 'not said why'}", code=code)


def first_words(access: Access, answer: Mapping[str, Any]) -> str:
    said = [_clean(access, reading.first(one, "detail", "message")) for one in reading.maps(answer.get("errors"))]
    return next(filter(None, said), "not said why")


def _clean(access: Access, said: Any) -> str:
    return transport.redacted(clipped(reading.text(said)), transport.secrets_of(access))


def _is_missing(error: Mapping[str, Any]) -> bool:
    return reading.text(error.get("type")).endswith("/resource-not-found")
