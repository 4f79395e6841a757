"""Photos of a Page: brought unseen, then shown by a post."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now

from networks.adapters import json_values
from networks.adapters.facebook.photo_uploads import ALT_TEXT_LIMIT, MEDIA_LIMITS
from networks.contract import MediaKind
from networks.sandbox import practice_files
from networks.sandbox.dialects import api_calls
from networks.sandbox.dialects.facebook import refusals
from networks.sandbox.dialects.faulty_calls import upload_with_faults
from networks.sandbox.models import Account, Upload

_PHOTO_LIMIT = MEDIA_LIMITS[MediaKind.IMAGE]
_LONGEST_FIELD = 5_000


def upload_photo(request: HttpRequest, me: Account) -> HttpResponse:
    return upload_with_faults(me, refusals.USUAL_REFUSALS, request.path, lambda: store_photo(request, me))


def store_photo(request: HttpRequest, me: Account) -> HttpResponse:
    photo, alt_text = request.FILES.get("source"), request.POST.get("alt_text_custom", "")
    if request.POST.get("published") != "false":
        raise refusals.invalid_parameter("A practice Page takes photos with published=false only")
    if len(alt_text) > ALT_TEXT_LIMIT or not api_calls.is_storable(alt_text):
        raise refusals.invalid_parameter("Param alt_text_custom is not valid")
    if photo is None or practice_files.detect_content_type(photo.read(16)) not in _PHOTO_LIMIT.content_types:
        raise refusals.NO_PICTURE
    if (photo.size or 0) > _PHOTO_LIMIT.most_bytes:
        raise refusals.BIG_PICTURE
    upload = practice_files.begin_upload(
        me, kind=MediaKind.IMAGE, content_type=photo.content_type or "", size=photo.size or 0, alt_text=alt_text
    )
    return JsonResponse({"id": practice_files.store_upload(upload, photo).remote_id})


def require_attached_photos(request: HttpRequest, me: Account) -> list[Upload]:
    """The photos that a post is to show, in its order. Graph wants them as JSON inside the form."""
    given = request.POST.get("attached_media", "")
    if not given:
        return []
    try:
        ids = [json_values.text_or_empty(one.get("media_fbid")) for one in json.loads(given[:_LONGEST_FIELD])]
    except (ValueError, RecursionError, AttributeError, TypeError):
        ids = []
    if not 0 < len(ids) <= _PHOTO_LIMIT.most or len(set(ids)) < len(ids):
        raise refusals.invalid_parameter("Param attached_media is not valid")
    known = practice_files.usable_uploads(me, ids)
    if unknown := [one for one in ids if one not in known]:
        raise photo_refusal(unknown[0])
    return [known[one] for one in ids]


def photo_refusal(remote_id: str) -> api_calls.Refusal:
    return refusals.invalid_parameter(f"Invalid parameter: photo {remote_id[:30]} cannot be attached")


def find_photo(remote_id: str) -> Upload | None:
    """One that a post shows, or that may still be shown."""
    found = Upload.objects.filter(network="facebook", remote_id=remote_id).first()
    return found if found and (found.used_at or found.expires_at > now()) else None
