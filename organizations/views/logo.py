"""The organization's picture: shown to members, changed by admins."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organizations.actions.logo import MOST_BYTES, remove_logo, set_logo
from organizations.forms import LogoForm, show_errors
from organizations.gates import MemberRequest, admin_gate, member_gate
from organizations.views.settings import back, page
from socialops.lib.errors import Invalid, NotFound

TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


@member_gate
@require_safe
def picture(request: MemberRequest) -> FileResponse:
    """As the kind that its bytes told, in a sandbox: whatever else it might be, it runs nothing."""
    name = request.member.organization.logo.name
    if not name or not default_storage.exists(name):
        raise NotFound
    kind = TYPES[name.rpartition(".")[2]]
    answer = FileResponse(default_storage.open(name), content_type=kind)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


@admin_gate
@require_POST
def change(request: MemberRequest) -> HttpResponse:
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            set_logo(
                request.member, request.member.organization, content=form.cleaned_data["logo"].read(MOST_BYTES + 1)
            )
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("The logo is changed."))
            return back(request)
    return page(request, logo_form=form)


@admin_gate
@require_POST
def remove(request: MemberRequest) -> HttpResponse:
    remove_logo(request.member, request.member.organization)
    messages.success(request, _("The logo is gone."))
    return back(request)
