"""Files of posts: shown to whoever may see them, and taken in from the composer."""

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from organizations.gates import MemberRequest, member_gate
from publishing.access import access_asset
from publishing.actions.media import upload_asset
from publishing.models import Asset
from publishing.ranges import part_of
from socialops.lib.errors import AppError, NotFound


@member_gate
@require_safe
def show(request: MemberRequest, pk: int) -> HttpResponseBase:
    """As the kind that its bytes told, in a sandbox: whatever else it might be, it runs nothing."""
    asset = access_asset(request.member, pk)
    try:
        file = asset.file.open("rb")
    except FileNotFoundError:
        raise NotFound from None
    answer: HttpResponseBase = FileResponse(file, content_type=asset.content_type)
    if "Range" in request.headers:
        answer = part_of(file, request.headers["Range"], asset.bytes, asset.content_type) or answer
    answer["Accept-Ranges"] = "bytes"
    answer["Content-Disposition"] = "inline"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


@member_gate
@require_POST
def upload(request: MemberRequest) -> HttpResponse:
    """One file for one part's tray: what stands there from now on, or a sentence why not."""
    number = request.POST.get("part", "")
    try:
        asset: Asset = upload_asset(request.member, request.FILES.get("file"))
    except AppError as error:
        return render(request, "publishing/_tray_refusal.html", {"text": error.user_message}, status=error.status)
    context = {"one": asset.attached(asset.alt_text), "number": int(number) if number.isdecimal() else 1}
    return render(request, "publishing/_tray_item.html", context, status=201)
