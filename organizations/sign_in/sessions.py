"""What every page asks of the session it comes with: how long it lasts, when it was used, and what it may do."""

import time
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from organizations.page_organization import attach_organization
from organizations.sign_in.account_access import is_account_view, is_own_account, needs_own_sign_in, needs_proof
from organizations.sign_in.admission import is_borrowed_session
from organizations.sign_in.fresh_proof import has_fresh_proof, redirect_to_proof
from organizations.sign_in.session_bounds import is_session_over, note_gap

NOTED_EVERY = 60.0
MOST_NOTED = 10_000
JOIN_PREFIX = "join/"
_noted: dict[str, float] = {}  # per process: writing it down at each page would cost each page a query


class SessionsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: Any) -> HttpResponseBase | None:
        key = request.session.session_key
        if not key or not request.user.is_authenticated:
            return None
        note_session_use(request, key)
        if is_personal_page(request) and is_session_over(request.session):
            logout(request)
            return None
        borrowed = is_borrowed_session(request.session, request.user)
        shut = needs_own_sign_in(request) and borrowed
        if shut or (needs_proof(request) and not has_fresh_proof(request)):
            return redirect_to_proof(request)
        if is_own_account(request):
            attach_organization(request)
        return None


def is_personal_page(request: HttpRequest) -> bool:
    """Where no organization says how long a session lasts (its own gate does), the product's bounds hold."""
    route = request.resolver_match.route if request.resolver_match else ""
    return is_account_view(request) or route.startswith(JOIN_PREFIX)


def note_session_use(request: HttpRequest, key: str) -> None:
    """Writes the time down, at most once a minute and process. A session that got another key is listed anew."""
    if time.monotonic() - _noted.get(key, -NOTED_EVERY) < NOTED_EVERY:
        return
    if not note_gap(request.session, key, used=True):
        UserSession.objects.create_from_request(request)
    mark_use_noted(key)  # last: whoever comes at the same moment must not pass by before the gap is known


def mark_use_noted(key: str) -> None:
    """It was written down just now."""
    if len(_noted) >= MOST_NOTED:
        _noted.clear()
    _noted[key] = time.monotonic()
