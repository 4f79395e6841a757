"""The sessions that a person sees under Devices: when each was last used, and what one through a sign-on may not do."""

import time
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.timezone import now

from organizations.entry import signed_on

NOTED_EVERY = 60.0
MOST = 10_000
_noted: dict[str, float] = {}  # per process: writing it down at each page would cost each page a query

OWN_SIGN_IN_ONLY = {"account_email", "account_set_password"}


class SessionsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: Any) -> HttpResponseBase | None:
        key = request.session.session_key
        if key and request.user.is_authenticated:
            note_seen(key)
            if is_locked(request):
                return redirect("account_reset_password")
        return None


def is_locked(request: HttpRequest) -> bool:
    """Through an organization's sign-on nobody changes what opens the account elsewhere: that takes the mailbox."""
    name = request.resolver_match.url_name if request.resolver_match else None
    return name in OWN_SIGN_IN_ONLY and bool(signed_on(request.session, request.user).get("only"))  # type: ignore[arg-type]


def note_seen(key: str, *, written: bool = False) -> None:
    """Writes the time down, at most once a minute and process; `written` where it was written just now."""
    at = time.monotonic()
    if at - _noted.get(key, -NOTED_EVERY) < NOTED_EVERY:
        return
    if len(_noted) >= MOST:
        _noted.clear()
    _noted[key] = at
    if not written:
        UserSession.objects.filter(session_key=key).update(last_seen_at=now())
