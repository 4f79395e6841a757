"""The gate of every page below /o/<slug>/: signed in, a member, and the organization in scope."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import override
from django_htmx.middleware import HtmxDetails

from foundation.processes import realtime
from organizations.access import member_of, memberships_of, require_admin, require_owner
from organizations.models import Member
from organizations.page_organization import remember_organization
from organizations.sign_in.admission import Hindrance, hindrance
from organizations.sign_in.presence import (
    DRAWN_FOR_HEADER,
    Presence,
    presence_response,
    require_sign_in,
    signed_in_user,
)
from organizations.tenancy import scope

P = ParamSpec("P")


class MemberRequest(HttpRequest):
    """A request that came through the gate."""

    htmx: HtmxDetails
    member: Member
    memberships: list[Member]  # all of theirs, for the organization switcher
    as_of: str  # the moment from which on the page must hear what changes; of a whole page only


MemberView = Callable[Concatenate[MemberRequest, P], HttpResponseBase]


def member_gate(view: MemberView[P]) -> Callable[..., HttpResponseBase]:
    """Lets members in; everybody else gets 404, as if there were nothing. The view loses the `slug` argument."""

    @wraps(view)
    def gated(request: MemberRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.as_of = (
            realtime.current_moment() if is_page_request(request) else ""
        )  # before anything is asked of the database
        request.memberships = memberships_of(signed_in_user(request))
        request.member = member_of(request.memberships, slug)
        if first := hindrance(request.member, request.session):
            if first != Hindrance.SESSION_OVER:
                return redirect_to_threshold(request, slug)
            logout(request)
            return opened(request, slug, *args, **kwargs)  # as to anybody who is not signed in
        if is_page_request(request):
            remember_organization(request, request.member)
        language = request.member.organization.locale or translation.get_language()
        with (
            scope(request.member.organization_id),
            override(ZoneInfo(request.member.time_zone)),
            translation.override(language),
        ):
            return view(request, *args, **kwargs)

    opened = require_sign_in(gated)
    opened.gate = "member"  # type: ignore[attr-defined]  # the guard over all URLs looks for it
    return opened


def redirect_to_threshold(request: HttpRequest, slug: str) -> HttpResponse:
    """To the page that says what must be done first, and leads back here afterwards."""
    if DRAWN_FOR_HEADER in request.headers:
        return presence_response(Presence.THRESHOLD)
    address = threshold_url(slug, request.get_full_path() if request.method == "GET" else f"/o/{slug}/")
    if not getattr(request, "htmx", False):
        return redirect(address)
    return HttpResponse(status=403, headers={"HX-Redirect": address})


def redirect_within(request: MemberRequest, name: str, *args: object) -> HttpResponse:
    """To a page of the organization that the request is in."""
    return redirect(name, request.member.organization.slug, *args)


def threshold_url(slug: str, after: str) -> str:
    return f"{reverse('sign_on:threshold', args=[slug])}?{urlencode({'next': after})}"


def is_page_request(request: HttpRequest) -> bool:
    """Neither a part for htmx, nor a picture or a file."""
    return not getattr(request, "htmx", False) and "text/html" in request.headers.get("Accept", "")


def admin_gate(view: MemberView[P]) -> Callable[..., HttpResponseBase]:
    """Lets owners and admins in; other members get 403."""

    @wraps(view)
    def checked(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_admin(request.member)
        return view(request, *args, **kwargs)

    return member_gate(checked)


def owner_gate(view: MemberView[P]) -> Callable[..., HttpResponseBase]:
    """Lets owners in; other members get 403."""

    @wraps(view)
    def checked(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_owner(request.member)
        return view(request, *args, **kwargs)

    return member_gate(checked)
