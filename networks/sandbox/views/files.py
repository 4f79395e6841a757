"""Pictures and videos as the timeline of a practice network shows them."""

from django.core.files.storage import default_storage
from django.http import FileResponse
from django.views.decorators.http import require_safe

from foundation.errors import NotFound
from networks.sandbox import queries
from networks.sandbox.views.gates import practice_only
from organizations.gates import MemberRequest, member_gate


@practice_only
@require_safe
@member_gate
def show_upload(request: MemberRequest, network: str, handle: str, pk: int) -> FileResponse:
    """As the kind that its bytes told, in a sandbox: whatever else it might be, it runs nothing."""
    shown = queries.require_shown_file(network, pk)
    if not default_storage.exists(shown.file):
        raise NotFound
    answer = FileResponse(default_storage.open(shown.file), content_type=shown.content_type)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
