"""The gate of every page below /o/<slug>/: signed in, a member, and the organization in scope."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import override

from organizations.access import member_of, memberships_of, require_admin
from organizations.entry import hindrance
from organizations.models import Member
from organizations.tenancy import scope

P = ParamSpec("P")


class MemberRequest(HttpRequest):
    """A request that came through the gate."""

    member: Member
    memberships: list[Member]  # all of theirs, for the organization switcher


MemberView = Callable[Concatenate[MemberRequest, P], HttpResponseBase]


def member_gate(view: MemberView[P]) -> Callable[..., HttpResponseBase]:
    """Lets members in; everybody else gets 404, as if there were nothing. The view loses the `slug` argument."""

    @wraps(view)
    def gated(request: MemberRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.memberships = memberships_of(request.user)  # type: ignore[arg-type]  # login_required stands before
        request.member = member_of(request.memberships, slug)
        if hindrance(request.member, request.session):
            return turn_away(request, slug)
        language = request.member.organization.locale or translation.get_language()
        with (
            scope(request.member.organization_id),
            override(ZoneInfo(request.member.time_zone)),
            translation.override(language),
        ):
            return view(request, *args, **kwargs)

    opened = login_required(gated)
    opened.gate = "member"  # type: ignore[attr-defined]  # the guard over all URLs looks for it
    return opened


def turn_away(request: HttpRequest, slug: str) -> HttpResponse:
    """To the page that says what must be done first, and leads back here afterwards."""
    query = urlencode({"next": request.get_full_path() if request.method == "GET" else f"/o/{slug}/"})
    address = f"{reverse('sign_on:threshold', args=[slug])}?{query}"
    if not getattr(request, "htmx", False):
        return redirect(address)
    return HttpResponse(status=403, headers={"HX-Redirect": address})


def admin_gate(view: MemberView[P]) -> Callable[..., HttpResponseBase]:
    """Lets owners and admins in; other members get 403."""

    @wraps(view)
    def checked(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_admin(request.member)
        return view(request, *args, **kwargs)

    return member_gate(checked)
