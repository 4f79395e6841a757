"""X's uploads: announced, appended, finalized, looked at and described."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now

from networks.adapters.x.upload import ALT_TEXT_LIMIT, LIMITS
from networks.contract import MediaKind
from networks.sandbox import uploads
from networks.sandbox.dialects import speaking
from networks.sandbox.dialects.posting import bring
from networks.sandbox.dialects.x import refusals
from networks.sandbox.dialects.x.bodies import posted
from networks.sandbox.models import Account, Upload

Answer = Callable[..., HttpResponse]

_KINDS = {"tweet_image": MediaKind.IMAGE, "tweet_gif": MediaKind.GIF, "tweet_video": MediaKind.VIDEO}
_PREFIXES = {MediaKind.IMAGE: 3, MediaKind.GIF: 16, MediaKind.VIDEO: 13}
_MOST_SEGMENTS = 1000
_BIGGEST_SEGMENT = 5 * 1024 * 1024
_AT_ONCE = 4


def on_the_way(step: Answer) -> Answer:
    """One call of an upload, with what is switched on to go wrong."""

    @wraps(step)
    def called(request: HttpRequest, me: Account, **found: str) -> HttpResponse:
        return bring(me, refusals.WORDS, request.path, lambda: step(request, me, **found))

    return called


@on_the_way
def initialize(request: HttpRequest, me: Account) -> HttpResponse:
    sent = posted(request)
    kind = _KINDS.get(str(sent.get("media_category")))
    if kind is None:
        raise refusals.invalid("media_category", sent.get("media_category"), "$.media_category: is not valid")
    limit = LIMITS[kind]
    if str(sent.get("media_type")) not in limit.content_types:
        raise refusals.invalid("media_type", sent.get("media_type"), "$.media_type: is not valid")
    size = speaking.whole(str(sent.get("total_bytes")), least=1, most=1 << 40)
    if size is None:
        raise refusals.invalid("total_bytes", sent.get("total_bytes"), "$.total_bytes: must be a positive integer")
    if size > limit.most_bytes:
        raise refusals.invalid("total_bytes", size, f"File size exceeds {limit.most_bytes} bytes.")
    begun = uploads.begin_upload(me, kind=kind, content_type=str(sent["media_type"]), size=size)
    return JsonResponse({"data": shape(begun)})


@on_the_way
def append(request: HttpRequest, me: Account, remote_id: str) -> HttpResponse:
    upload = open_upload(me, remote_id)
    index = speaking.whole(request.POST.get("segment_index"), least=0, most=_MOST_SEGMENTS - 1)
    segment = request.FILES.get("media")
    if index is None:
        raise refusals.invalid("segment_index", request.POST.get("segment_index"), "$.segment_index: is not valid")
    if segment is None or not 0 < (segment.size or 0) <= min(_BIGGEST_SEGMENT, upload.size):
        raise refusals.invalid("media", "", "$.media: is missing, empty or too large")
    uploads.add_segment(upload, index, segment)
    return JsonResponse({"data": {"expires_at": int(upload.expires_at.timestamp())}})


@on_the_way
def finalize(request: HttpRequest, me: Account, remote_id: str) -> HttpResponse:
    upload = open_upload(me, remote_id)
    try:
        uploads.close_upload(upload)
    except uploads.Unusable:
        raise refusals.invalid(
            "media_id", remote_id, "The media is not valid, or not the size that was told."
        ) from None
    return JsonResponse({"data": {**shape(upload), **worked_on(upload, beginning=True)}})


def status(request: HttpRequest, me: Account) -> HttpResponse:
    if request.GET.get("command") != "STATUS":
        raise refusals.invalid("command", request.GET.get("command"), "$.command: is not valid")
    upload = held(me, request.GET.get("media_id", ""))
    return JsonResponse({"data": {**shape(upload), **worked_on(upload)}})


@on_the_way
def describe(request: HttpRequest, me: Account) -> HttpResponse:
    sent = posted(request)
    told = sent.get("metadata")
    alt_text = told.get("alt_text") if isinstance(told, dict) else None
    text = alt_text.get("text") if isinstance(alt_text, dict) else None
    if not isinstance(text, str) or not 0 < len(text) <= ALT_TEXT_LIMIT or not speaking.storable(text):
        raise refusals.invalid("metadata.alt_text.text", "", "$.metadata.alt_text.text: is not valid")
    upload = held(me, str(sent.get("id")))
    uploads.describe_upload(upload, text)
    return JsonResponse({"data": {"id": upload.remote_id, "associated_metadata": {"alt_text": {"text": text}}}})


def wanted(me: Account, media: object) -> list[Upload]:
    """The files that a post is to show, in its order: the account's own, whole, unused and kept still."""
    ids = media.get("media_ids") if isinstance(media, dict) else media
    if ids is None:
        return []
    if not isinstance(ids, list) or not 0 < len(ids) <= _AT_ONCE or not all(isinstance(one, str) for one in ids):
        raise refusals.WRONG_MEDIA
    known = uploads.usable_uploads(me, ids)
    if len(known) < len(ids):
        raise refusals.WRONG_MEDIA
    kinds = {one.kind for one in known.values()}
    if len(kinds) > 1 or len(ids) > LIMITS[MediaKind(kinds.pop())].most:
        raise refusals.WRONG_MEDIA
    return [known[one] for one in ids]


def shape(upload: Upload) -> dict[str, Any]:
    left = int((upload.expires_at - now()).total_seconds())
    size = {"size": upload.size} if upload.file else {}
    return {"id": upload.remote_id, "media_key": key_of(upload), "expires_after_secs": left, **size}


def key_of(upload: Upload) -> str:
    return f"{_PREFIXES[MediaKind(upload.kind)]}_{upload.remote_id}"


def worked_on(upload: Upload, *, beginning: bool = False) -> dict[str, Any]:
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


def open_upload(me: Account, media_id: str) -> Upload:
    upload = held(me, media_id)
    if upload.file:
        raise refusals.invalid("media_id", media_id, "The media is finalized already.")
    return upload


def held(me: Account, media_id: str) -> Upload:
    known = re.fullmatch(r"[0-9]{1,19}", media_id)
    found = me.uploads.filter(remote_id=media_id, expires_at__gt=now()).first() if known else None
    if found is None:
        raise speaking.Refusal(404, {"errors": [refusals.missing("media", media_id[:19])]})
    return found
