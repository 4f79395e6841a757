"""Who is signed in, for pages that ask before they go on."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.csrf import csrf_failure as django_csrf_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from foundation.errors import NotFound
from organizations.access import member_of, memberships_of
from organizations.around import stand_around
from organizations.gates import threshold_of
from organizations.sign_in.admission import hindrance
from organizations.sign_in.presence import (
    Presence,
    is_from_here,
    is_part,
    presence_of,
    send_again,
    signed_in,
    told,
    typed,
)


@never_cache
@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """Who it is, with a token for their forms; `?in=` asks too whether they may enter that organization."""
    presence = presence_of(request)
    if presence != Presence.HERE:
        return told(presence)
    first = threshold(request, request.GET.get("in", ""))
    return JsonResponse({"user": request.user.pk, "token": get_token(request), "threshold": first})


def threshold(request: HttpRequest, slug: str) -> str:
    """The address of what must be done before they enter; empty where nothing must."""
    if not slug:
        return ""
    try:
        member = member_of(memberships_of(request.user), slug)  # type: ignore[arg-type]  # presence_of stands before
    except NotFound:
        return ""
    return threshold_of(slug, AGAIN) if hindrance(member, request.session) else ""


AGAIN = "/session/again/"


@never_cache
@require_safe
@signed_in
def again(request: HttpRequest) -> HttpResponseBase:
    """Where one lands who signed in beside a page that waits for it."""
    return render(request, "account/again.html")


def token_refused(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """A form or script whose token is not, or no longer, the session's."""
    if is_part(request):
        presence = presence_of(request)
        return told(Presence.STALE if presence == Presence.HERE else presence)
    stand_around(request)
    if is_from_here(request) and request.path.startswith("/o/") and typed(request):
        return send_again(request)
    return django_csrf_failure(request, reason)
