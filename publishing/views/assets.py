"""Files of posts: shown to whoever may see them, and taken in from the composer."""

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import AppError
from foundation.files.file_responses import open_stored_file, sandbox_response
from foundation.texts.ids import parse_number
from organizations.gates import MemberRequest, member_gate
from publishing.access import access_asset
from publishing.actions.assets import upload_asset
from publishing.media.byte_ranges import range_response
from publishing.media.originals import original_response
from publishing.media.uploads import require_upload_room
from publishing.models import Asset


@member_gate
@require_safe
def show_asset(request: MemberRequest, pk: int) -> HttpResponseBase:
    """As the kind that its bytes told."""
    asset = access_asset(request.member, pk)
    file = open_stored_file(asset.file.name)
    answer: HttpResponseBase = FileResponse(file, content_type=asset.content_type)
    if "Range" in request.headers:
        answer = range_response(file, request.headers["Range"], asset.bytes, asset.content_type) or answer
    answer["Accept-Ranges"] = "bytes"
    return sandbox_response(answer)


@member_gate
@require_safe
def download_original(request: MemberRequest, pk: int) -> HttpResponseBase:
    """As it came, to be kept: with all that the camera wrote, the place too."""
    return original_response(access_asset(request.member, pk))


@member_gate
@require_POST
def upload_to_tray(request: MemberRequest) -> HttpResponse:
    """One file for one part's tray: what stands there from now on, or a sentence why not."""
    try:
        require_upload_room(request)
        asset = upload_asset(request.member, request.FILES.get("file"))
    except AppError as error:
        return render(request, "publishing/_tray_refusal.html", {"text": error.user_message}, status=error.status)
    return render_tray_item(request, asset, request.POST.get("part", ""), status=201)


@member_gate
@require_safe
def show_tray_item(request: MemberRequest, pk: int) -> HttpResponse:
    """A file as it stands in the tray of a part, for a page that was left and opened again."""
    return render_tray_item(request, access_asset(request.member, pk, to="use"), request.GET.get("part", ""))


def render_tray_item(request: MemberRequest, asset: Asset, part: str, *, status: int = 200) -> HttpResponse:
    number, slug = parse_number(part, digits=4), request.member.organization.slug
    context = {"one": asset.attached(asset.alt_text), "number": 1 if number is None else number, "slug": slug}
    return render(request, "publishing/_tray_item.html", context, status=status)
