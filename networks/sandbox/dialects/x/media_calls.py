"""X's uploads: announced, appended, finalized, looked at and described."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now

from networks.adapters.x.media_upload import ALT_TEXT_LIMIT, MEDIA_LIMITS
from networks.contract import MediaKind
from networks.sandbox import practice_files
from networks.sandbox.dialects import api_calls
from networks.sandbox.dialects.faulty_calls import upload_with_faults
from networks.sandbox.dialects.x import refusals
from networks.sandbox.dialects.x.json_body import require_json_body
from networks.sandbox.models import Account, Upload

UploadView = Callable[..., HttpResponse]

_KINDS = {"tweet_image": MediaKind.IMAGE, "tweet_gif": MediaKind.GIF, "tweet_video": MediaKind.VIDEO}
_PREFIXES = {MediaKind.IMAGE: 3, MediaKind.GIF: 16, MediaKind.VIDEO: 13}
_MOST_SEGMENTS = 1000
_BIGGEST_SEGMENT = 5 * 1024 * 1024
_MOST_FILES = 4


def with_upload_faults(step: UploadView) -> UploadView:
    """One call of an upload, with what is switched on to go wrong."""

    @wraps(step)
    def called(request: HttpRequest, me: Account, **found: str) -> HttpResponse:
        return upload_with_faults(me, refusals.USUAL_REFUSALS, request.path, lambda: step(request, me, **found))

    return called


@with_upload_faults
def initialize_upload(request: HttpRequest, me: Account) -> HttpResponse:
    sent = require_json_body(request)
    kind = _KINDS.get(str(sent.get("media_category")))
    if kind is None:
        raise refusals.invalid_parameter("media_category", sent.get("media_category"), "$.media_category: is not valid")
    limit = MEDIA_LIMITS[kind]
    if str(sent.get("media_type")) not in limit.content_types:
        raise refusals.invalid_parameter("media_type", sent.get("media_type"), "$.media_type: is not valid")
    size = api_calls.int_within(str(sent.get("total_bytes")), least=1, most=1 << 40)
    if size is None:
        raise refusals.invalid_parameter(
            "total_bytes", sent.get("total_bytes"), "$.total_bytes: must be a positive integer"
        )
    if size > limit.most_bytes:
        raise refusals.invalid_parameter("total_bytes", size, f"File size exceeds {limit.most_bytes} bytes.")
    upload = practice_files.begin_upload(me, kind=kind, content_type=str(sent["media_type"]), size=size)
    return JsonResponse({"data": upload_object(upload)})


@with_upload_faults
def append_segment(request: HttpRequest, me: Account, remote_id: str) -> HttpResponse:
    upload = require_open_upload(me, remote_id)
    index = api_calls.int_within(request.POST.get("segment_index"), least=0, most=_MOST_SEGMENTS - 1)
    segment = request.FILES.get("media")
    if index is None:
        raise refusals.invalid_parameter(
            "segment_index", request.POST.get("segment_index"), "$.segment_index: is not valid"
        )
    if segment is None or not 0 < (segment.size or 0) <= min(_BIGGEST_SEGMENT, upload.size):
        raise refusals.invalid_parameter("media", "", "$.media: is missing, empty or too large")
    practice_files.add_segment(upload, index, segment)
    return JsonResponse({"data": {"expires_at": int(upload.expires_at.timestamp())}})


@with_upload_faults
def finalize_upload(request: HttpRequest, me: Account, remote_id: str) -> HttpResponse:
    upload = require_open_upload(me, remote_id)
    try:
        practice_files.close_upload(upload)
    except practice_files.UnusableFile:
        raise refusals.invalid_parameter(
            "media_id", remote_id, "The media is not valid, or not the size that was told."
        ) from None
    return JsonResponse({"data": {**upload_object(upload), **processing_info_of(upload, beginning=True)}})


def get_upload_status(request: HttpRequest, me: Account) -> HttpResponse:
    if request.GET.get("command") != "STATUS":
        raise refusals.invalid_parameter("command", request.GET.get("command"), "$.command: is not valid")
    upload = require_upload(me, request.GET.get("media_id", ""))
    return JsonResponse({"data": {**upload_object(upload), **processing_info_of(upload)}})


@with_upload_faults
def set_alt_text(request: HttpRequest, me: Account) -> HttpResponse:
    sent = require_json_body(request)
    metadata = sent.get("metadata")
    alt_text = metadata.get("alt_text") if isinstance(metadata, dict) else None
    text = alt_text.get("text") if isinstance(alt_text, dict) else None
    if not isinstance(text, str) or not 0 < len(text) <= ALT_TEXT_LIMIT or not api_calls.is_storable(text):
        raise refusals.invalid_parameter("metadata.alt_text.text", "", "$.metadata.alt_text.text: is not valid")
    upload = require_upload(me, str(sent.get("id")))
    practice_files.describe_upload(upload, text)
    return JsonResponse({"data": {"id": upload.remote_id, "associated_metadata": {"alt_text": {"text": text}}}})


def require_attached_media(me: Account, media: object) -> list[Upload]:
    """The files that a post is to show, in its order: the account's own, whole, unused and kept still."""
    ids = media.get("media_ids") if isinstance(media, dict) else media
    if ids is None:
        return []
    if not isinstance(ids, list) or not 0 < len(ids) <= _MOST_FILES or not all(isinstance(one, str) for one in ids):
        raise refusals.WRONG_MEDIA
    known = practice_files.usable_uploads(me, ids)
    if len(known) < len(ids):
        raise refusals.WRONG_MEDIA
    kinds = {one.kind for one in known.values()}
    if len(kinds) > 1 or len(ids) > MEDIA_LIMITS[MediaKind(kinds.pop())].most:
        raise refusals.WRONG_MEDIA
    return [known[one] for one in ids]


def upload_object(upload: Upload) -> dict[str, Any]:
    left = int((upload.expires_at - now()).total_seconds())
    size = {"size": upload.size} if upload.file else {}
    return {"id": upload.remote_id, "media_key": media_key_of(upload), "expires_after_secs": left, **size}


def media_key_of(upload: Upload) -> str:
    return f"{_PREFIXES[MediaKind(upload.kind)]}_{upload.remote_id}"


def processing_info_of(upload: Upload, *, beginning: bool = False) -> dict[str, Any]:
    """X says nothing of what it need not work on."""
    if upload.ready_at is None:
        return {}
    if upload.ready_at > now():
        progress = {} if beginning else {"progress_percent": 50}
        state = "pending" if beginning else "in_progress"
        return {"processing_info": {"state": state, "check_after_secs": 1, **progress}}
    if upload.is_broken:
        error = {"code": 1, "name": "InvalidMedia", "message": "Unsupported video format"}
        return {"processing_info": {"state": "failed", "error": error}}
    return {"processing_info": {"state": "succeeded", "progress_percent": 100}}


def require_open_upload(me: Account, media_id: str) -> Upload:
    upload = require_upload(me, media_id)
    if upload.file:
        raise refusals.invalid_parameter("media_id", media_id, "The media is finalized already.")
    return upload


def require_upload(me: Account, media_id: str) -> Upload:
    known = re.fullmatch(r"[0-9]{1,19}", media_id)
    found = me.uploads.filter(remote_id=media_id, expires_at__gt=now()).first() if known else None
    if found is None:
        raise api_calls.Refusal(404, {"errors": [refusals.missing_resource("media", media_id[:19])]})
    return found
