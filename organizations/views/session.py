"""Who is signed in, for pages that ask before they go on."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.csrf import csrf_failure as django_csrf_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from foundation.errors import NotFound
from organizations.access import member_of, memberships_of
from organizations.gates import threshold_url
from organizations.page_organization import attach_organization
from organizations.sign_in.admission import hindrance
from organizations.sign_in.presence import (
    Presence,
    is_same_origin,
    is_script_request,
    presence_of,
    presence_response,
    render_send_again,
    require_sign_in,
    signed_in_user,
    typed_fields,
)


@never_cache
@require_safe
def show_session(request: HttpRequest) -> HttpResponse:
    """Who it is, with a token for their forms; `?in=` asks too whether they may enter that organization."""
    presence = presence_of(request)
    if presence != Presence.HERE:
        return presence_response(presence)
    first = threshold_if_needed(request, request.GET.get("in", ""))
    return JsonResponse({"user": request.user.pk, "token": get_token(request), "threshold": first})


def threshold_if_needed(request: HttpRequest, slug: str) -> str:
    """The address of what must be done before they enter; empty where nothing must."""
    if not slug:
        return ""
    try:
        member = member_of(memberships_of(signed_in_user(request)), slug)
    except NotFound:
        return ""
    return threshold_url(slug, AGAIN_PATH) if hindrance(member, request.session) else ""


AGAIN_PATH = "/session/again/"


@never_cache
@require_safe
@require_sign_in
def show_signed_in_again(request: HttpRequest) -> HttpResponseBase:
    """Where one lands who signed in beside a page that waits for it."""
    return render(request, "account/again.html")


def token_refused(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """A form or script whose token is not, or no longer, the session's."""
    if is_script_request(request):
        presence = presence_of(request)
        return presence_response(Presence.STALE if presence == Presence.HERE else presence)
    attach_organization(request)
    if is_same_origin(request) and request.path.startswith("/o/") and typed_fields(request):
        return render_send_again(request)
    return django_csrf_failure(request, reason)
