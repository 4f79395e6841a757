"""The organization's picture: shown to members, changed by admins."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import Invalid, NotFound
from foundation.files.file_responses import serve_stored_file
from foundation.overtaking import Overtaken
from organizations.actions.logo import MOST_LOGO_BYTES, remove_logo, set_logo
from organizations.auditing.overtaken_changes import Overtaking, entries_since, posted_mark
from organizations.configuration.settings_forms import LogoForm, show_errors
from organizations.gates import MemberRequest, admin_gate, member_gate
from organizations.sign_in.sign_in_branding import find_known_organization
from organizations.views.settings import redirect_to_settings, render_settings

CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


@member_gate
@require_safe
def show_logo(request: MemberRequest) -> HttpResponseBase:
    """As the kind that its bytes told, in a sandbox: whatever else it might be, it runs nothing."""
    return picture_response(request.member.organization.logo.name)


@require_safe
def show_sign_in_logo(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The same before anybody has signed in, for a browser that knows the organization."""
    organization = find_known_organization(request, slug)
    if organization is None:
        raise NotFound
    return picture_response(organization.logo.name)


def picture_response(name: str | None) -> HttpResponseBase:
    """A logo or a face. Raises NotFound where there is none."""
    return serve_stored_file(name, CONTENT_TYPES.get((name or "").rpartition(".")[2], ""))


@admin_gate
@require_POST
def change_logo(request: MemberRequest) -> HttpResponse:
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            set_logo(
                request.member,
                request.member.organization,
                content=form.cleaned_data["logo"].read(MOST_LOGO_BYTES + 1),
                seen=posted_mark(request),
            )
        except Invalid as invalid:
            show_errors(form, invalid)
        except Overtaken:
            return render_overtaken_logo(request)
        else:
            messages.success(request, _("The logo is changed."))
            return redirect_to_settings(request)
    return render_settings(request, logo_form=form)


@admin_gate
@require_POST
def delete_logo(request: MemberRequest) -> HttpResponse:
    try:
        remove_logo(request.member, request.member.organization, seen=posted_mark(request))
    except Overtaken:
        return render_overtaken_logo(request)
    messages.success(request, _("The logo is gone."))
    return redirect_to_settings(request)


def render_overtaken_logo(request: MemberRequest) -> HttpResponse:
    """The settings with the logo as it is now, and who changed it."""
    organization = request.member.organization
    organization.refresh_from_db()
    verbs = ["organization.logo_changed", "organization.logo_removed"]
    return render_settings(
        request, status=409, overtaking=Overtaking(entries_since(posted_mark(request), organization, verbs=verbs))
    )
