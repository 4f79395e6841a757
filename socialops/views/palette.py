"""What the palette asks for while somebody types."""

from dataclasses import asdict

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from organizations.gates import MemberRequest, member_gate
from socialops.overview.palette_search import find_matches as found_by


@member_gate
@require_safe
def search_palette(request: MemberRequest) -> HttpResponse:
    """{"found": [{name, note, url}]}: the best few of each kind; nothing for nothing."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:100]
    return JsonResponse({"found": [asdict(one) for one in found_by(request.member, q)] if q else []})
