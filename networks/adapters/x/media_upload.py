"""A file's way to X: announced, brought in segments, closed, described; then X works on it for a while.

Nothing of this is seen by anybody, so every call may be repeated.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from foundation.texts.text_comparison import clip_to_line
from networks.adapters import json_values, transport
from networks.contract import Access, Media, MediaKind, MediaLimit, Uploaded
from networks.errors import Gone, Refused, Unavailable

UploadStep = Callable[..., Mapping[str, Any]]  # (method, route, **params) -> the answer; empty where X says nothing

UPLOAD_ROUTE = "/2/media/upload"
MIB = 1024 * 1024
SEGMENT_SIZE = MIB
ALT_TEXT_LIMIT = 1000
MEDIA_LIMITS = {
    MediaKind.IMAGE: MediaLimit(4, frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"}), 5 * MIB),
    MediaKind.GIF: MediaLimit(1, frozenset({"image/gif"}), 15 * MIB, widest=(1280, 1080)),
    MediaKind.VIDEO: MediaLimit(
        1, frozenset({"video/mp4", "video/quicktime"}), 512 * MIB, widest=(1280, 1024), seconds=(0.5, 140.0)
    ),
}
_CATEGORIES = {MediaKind.IMAGE: "tweet_image", MediaKind.GIF: "tweet_gif", MediaKind.VIDEO: "tweet_video"}
_UPLOAD_LIFETIME = timedelta(hours=20)  # X keeps them for a day; this is for an answer that does not say so
_CHECK_SECONDS, _LONGEST_CHECK_SECONDS = 5, 60  # seconds


def upload_media(step: UploadStep, access: Access, media: Media, file: BinaryIO) -> Uploaded:
    """The whole way."""
    kind = {"media_type": media.content_type, "total_bytes": media.size, "media_category": _CATEGORIES[media.kind]}
    initialized = json_values.mapping_or_empty(step("POST", f"{UPLOAD_ROUTE}/initialize", json=kind).get("data"))
    media_id = json_values.text_or_empty(initialized.get("id"))
    if not media_id:
        raise Unavailable("X did not take the file.", detail="an upload without an id")
    for index, segment in enumerate(read_segments(file)):
        access.keep_alive()
        part = {"media": ("segment", segment, "application/octet-stream")}
        step("POST", f"{UPLOAD_ROUTE}/{media_id}/append", data={"segment_index": str(index)}, files=part)
    access.keep_alive()
    closed = json_values.mapping_or_empty(step("POST", f"{UPLOAD_ROUTE}/{media_id}/finalize").get("data"))
    if not json_values.text_or_empty(closed.get("id")):
        raise Unavailable("X did not take the file.", detail="closed without an id")
    if media.alt_text:
        access.keep_alive()
        send_alt_text(step, access, media_id, media.alt_text)
    return parse_uploaded(access, {**initialized, **closed}, Uploaded(media_id, marker=media_id))


def read_segments(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(SEGMENT_SIZE), b"")


def send_alt_text(step: UploadStep, access: Access, media_id: str, alt_text: str) -> None:
    """A picture without the words for those who cannot see it is not the one that was to leave."""
    answer = step("POST", "/2/media/metadata", json={"id": media_id, "metadata": {"alt_text": {"text": alt_text}}})
    if "errors" in answer and "data" not in answer:
        raise Refused(
            "X did not take the description of a file.", detail=f"metadata: {first_error_text(access, answer)}"
        )


def fetch_upload_status(step: UploadStep, access: Access, held: Uploaded) -> Uploaded:
    answer = step("GET", UPLOAD_ROUTE, params={"command": "STATUS", "media_id": held.media_id})
    data = json_values.mapping_or_empty(answer.get("data"))
    if not data and any(_is_missing(one) for one in json_values.mappings_in(answer.get("errors"))):
        raise Gone("X no longer holds a file of this post.", detail=f"STATUS: {first_error_text(access, answer)}")
    if not data:
        raise Unavailable("X did not say how far it is with a file.", detail="STATUS without data")
    return parse_uploaded(access, data, held)


def parse_uploaded(access: Access, data: Mapping[str, Any], known: Uploaded) -> Uploaded:
    """What `data` says of the file, and otherwise what was `known`. Raises Refused where X could not use it."""
    now = transport.utcnow()
    info = json_values.mapping_or_empty(data.get("processing_info"))
    state = json_values.text_or_empty(info.get("state"))
    if state == "failed":
        raise unusable_error(access, json_values.mapping_or_empty(info.get("error")))
    return Uploaded(
        media_id=known.media_id,
        marker=json_values.text_or_empty(data.get("media_key")) or known.marker,
        expires_at=expiry_of(data, now) or known.expires_at or now + _UPLOAD_LIFETIME,
        ready_at=None if state in {"", "succeeded"} else now + next_check_delay(info),
    )


def expiry_of(data: Mapping[str, Any], now: datetime) -> datetime | None:
    """Until when X keeps it; None where that is not said, or cannot be believed."""
    seconds = json_values.int_or_none(data.get("expires_after_secs")) or 0
    return now + timedelta(seconds=seconds) if 0 < seconds <= transport.LONGEST_WAIT.total_seconds() else None


def next_check_delay(info: Mapping[str, Any]) -> timedelta:
    """When X wants to be asked again; never at once, and never so late that the post waits for nothing."""
    check_after = json_values.int_or_none(info.get("check_after_secs"))
    return timedelta(
        seconds=min(max(1, _CHECK_SECONDS if check_after is None else check_after), _LONGEST_CHECK_SECONDS)
    )


def unusable_error(access: Access, error: Mapping[str, Any]) -> Refused:
    text = _redact_text(access, json_values.first_value(error, "message", "detail", "name"))
    message = f"X could not use a file of this post: {text}" if text else "X could not use a file of this post."
    code = _redact_text(access, error.get("code"))
    return Refused(message, detail=f"processing failed: {text or 'not said why'}", code=code)


def first_error_text(access: Access, answer: Mapping[str, Any]) -> str:
    texts = [
        _redact_text(access, json_values.first_value(one, "detail", "message"))
        for one in json_values.mappings_in(answer.get("errors"))
    ]
    return next(filter(None, texts), "not said why")


def _redact_text(access: Access, text: Any) -> str:
    return transport.redact_secrets(clip_to_line(json_values.text_or_empty(text)), transport.secrets_of(access))


def _is_missing(error: Mapping[str, Any]) -> bool:
    return json_values.text_or_empty(error.get("type")).endswith("/resource-not-found")
