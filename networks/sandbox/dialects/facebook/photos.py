"""Photos of a Page: brought unseen, then shown by a post."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now

from networks.adapters import reading
from networks.adapters.facebook.pictures import ALT_TEXT_LIMIT, LIMITS
from networks.contract import MediaKind
from networks.sandbox import uploads
from networks.sandbox.dialects import speaking
from networks.sandbox.dialects.facebook import refusals
from networks.sandbox.dialects.posting import bring
from networks.sandbox.models import Account, Upload

_LIMIT = LIMITS[MediaKind.IMAGE]
_LONGEST = 5_000


def take_photo(request: HttpRequest, me: Account) -> HttpResponse:
    return bring(me, refusals.WORDS, request.path, lambda: kept(request, me))


def kept(request: HttpRequest, me: Account) -> HttpResponse:
    photo, alt_text = request.FILES.get("source"), request.POST.get("alt_text_custom", "")
    if request.POST.get("published") != "false":
        raise refusals.invalid("A practice Page takes photos with published=false only")
    if len(alt_text) > ALT_TEXT_LIMIT or not speaking.storable(alt_text):
        raise refusals.invalid("Param alt_text_custom is not valid")
    if photo is None or uploads.real_type(photo.read(16)) not in _LIMIT.content_types:
        raise refusals.NO_PICTURE
    if (photo.size or 0) > _LIMIT.most_bytes:
        raise refusals.BIG_PICTURE
    begun = uploads.begin_upload(
        me, kind=MediaKind.IMAGE, content_type=photo.content_type or "", size=photo.size or 0, alt_text=alt_text
    )
    return JsonResponse({"id": uploads.keep(begun, photo).remote_id})


def wanted(request: HttpRequest, me: Account) -> list[Upload]:
    """The photos that a post is to show, in its order. Graph wants them as JSON inside the form."""
    given = request.POST.get("attached_media", "")
    if not given:
        return []
    try:
        ids = [reading.text(one.get("media_fbid")) for one in json.loads(given[:_LONGEST])]
    except (ValueError, RecursionError, AttributeError, TypeError):
        ids = []
    if not 0 < len(ids) <= _LIMIT.most or len(set(ids)) < len(ids):
        raise refusals.invalid("Param attached_media is not valid")
    known = uploads.usable_uploads(me, ids)
    if unknown := [one for one in ids if one not in known]:
        raise no_photo(unknown[0])
    return [known[one] for one in ids]


def no_photo(remote_id: str) -> speaking.Refusal:
    return refusals.invalid(f"Invalid parameter: photo {remote_id[:30]} cannot be attached")


def find_photo(remote_id: str) -> Upload | None:
    """One that a post shows, or that may still be shown."""
    found = Upload.objects.filter(network="facebook", remote_id=remote_id).first()
    return found if found and (found.used_at or found.expires_at > now()) else None
