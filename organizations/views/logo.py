"""The organization's picture: shown to members, changed by admins."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import Invalid, NotFound
from foundation.files.inline import shown
from foundation.overtaking import Overtaken
from organizations.actions.logo import MOST_BYTES, remove_logo, set_logo
from organizations.auditing.overtaken_changes import Overtaking, seen_in, since
from organizations.configuration.settings_forms import LogoForm, show_errors
from organizations.gates import MemberRequest, admin_gate, member_gate
from organizations.sign_in.entrance import known_here
from organizations.views.settings import back, page

TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


@member_gate
@require_safe
def picture(request: MemberRequest) -> HttpResponseBase:
    """As the kind that its bytes told, in a sandbox: whatever else it might be, it runs nothing."""
    return shown_picture(request.member.organization.logo.name)


@require_safe
def at_the_entrance(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The same before anybody has signed in, for a browser that knows the organization."""
    organization = known_here(request, slug)
    if organization is None:
        raise NotFound
    return shown_picture(organization.logo.name)


def shown_picture(name: str | None) -> HttpResponseBase:
    """A logo or a face. Raises NotFound where there is none."""
    return shown(name, TYPES.get((name or "").rpartition(".")[2], ""))


@admin_gate
@require_POST
def change(request: MemberRequest) -> HttpResponse:
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            set_logo(
                request.member,
                request.member.organization,
                content=form.cleaned_data["logo"].read(MOST_BYTES + 1),
                seen=seen_in(request),
            )
        except Invalid as invalid:
            show_errors(form, invalid)
        except Overtaken:
            return overtaken_logo(request)
        else:
            messages.success(request, _("The logo is changed."))
            return back(request)
    return page(request, logo_form=form)


@admin_gate
@require_POST
def remove(request: MemberRequest) -> HttpResponse:
    try:
        remove_logo(request.member, request.member.organization, seen=seen_in(request))
    except Overtaken:
        return overtaken_logo(request)
    messages.success(request, _("The logo is gone."))
    return back(request)


def overtaken_logo(request: MemberRequest) -> HttpResponse:
    """The settings with the logo as it is now, and who changed it."""
    organization = request.member.organization
    organization.refresh_from_db()
    verbs = ["organization.logo_changed", "organization.logo_removed"]
    return page(request, status=409, overtaking=Overtaking(since(seen_in(request), organization, verbs=verbs)))
