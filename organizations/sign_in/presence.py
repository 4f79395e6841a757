"""Whether whom a page was drawn for is still who is signed in, and the one small answer where that is not so.

A page says for whom it was drawn (X-Drawn-For, on everything that its scripts ask for). Where the session ended
meanwhile or became somebody else's, or where the page's token is an old one, X-Session says so and nothing else does;
static/js/lib/session.js goes on from there.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from organizations.models import User

DRAWN_FOR_HEADER = "X-Drawn-For"
SESSION_HEADER = "X-Session"
SECRET_FIELD_WORDS = ("password", "secret", "token", "credential")  # what is typed into such fields is not shown again
UNTYPED_FIELDS = {"csrfmiddlewaretoken"}  # not typed by anybody
LONG_FROM = 40  # letters; what is longer, or has a space, is shown as a text


class Presence(StrEnum):
    HERE = "here"
    OUT = "out"  # nobody is signed in
    OTHER = "other"  # somebody else is
    THRESHOLD = "threshold"  # they are, but something must be done before they enter
    STALE = "stale"  # they are, but the page's token is from before they signed in again


def signed_in_user(request: HttpRequest) -> User:
    """Whom the door before this has let in."""
    user = request.user
    assert isinstance(user, User)
    return user


def presence_of(request: HttpRequest) -> Presence:
    if not request.user.is_authenticated:
        return Presence.OUT
    if request.headers.get(DRAWN_FOR_HEADER, "") not in ("", str(request.user.pk)):
        return Presence.OTHER
    return Presence.HERE


def is_script_request(request: HttpRequest) -> bool:
    """Whether a script asked: no page can be shown in answer."""
    return bool(getattr(request, "htmx", False)) or DRAWN_FOR_HEADER in request.headers


def presence_response(presence: Presence) -> HttpResponse:
    status = 403 if presence == Presence.STALE else 401
    return HttpResponse(status=status, headers={SESSION_HEADER: presence.value, "Cache-Control": "no-store"})


class ForgettingMiddleware:
    """Where an answer ends a session, the browser forgets what it kept of it. Stands outside of the session's own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        cookie = answer.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and not cookie.value:
            answer.headers["Clear-Site-Data"] = '"cache"'
        return answer


class PresenceMiddleware:
    """Nothing is done or shown for somebody who is signed in now, on a page that was drawn for somebody else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: Any) -> HttpResponse | None:
        if DRAWN_FOR_HEADER not in request.headers:
            return None
        presence = presence_of(request)
        return None if presence == Presence.HERE else presence_response(presence)


def require_sign_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Sends strangers to the sign-in, unless that would lose what they typed or land inside a part of a page."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if is_script_request(request):
            return presence_response(Presence.OUT)
        if request.method == "POST" and typed_fields(request):
            return render_send_again(request)
        return redirect_to_login(request.get_full_path())

    return opened


def typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, without what nobody may read over a shoulder."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name not in UNTYPED_FIELDS]
    return [
        (name, str(value)) for name, value in fields if not any(word in name.lower() for word in SECRET_FIELD_WORDS)
    ]


def render_send_again(request: HttpRequest) -> HttpResponse:
    """A page with everything that was typed, ready to be sent once more."""
    gone = not request.user.is_authenticated
    fields = [{"name": name, "value": value, "shown": is_long_text(value)} for name, value in typed_fields(request)]
    whole = request.content_type == "multipart/form-data"
    context = {"fields": fields, "gone": gone, "whole": whole, "address": request.get_full_path()}
    return render(request, "send_again.html", context, status=401 if gone else 403)


def is_long_text(value: str) -> bool:
    return len(value) > LONG_FROM or any(letter.isspace() for letter in value.strip())


def is_same_origin(request: HttpRequest) -> bool:
    """A form of ours sent it: a foreign page must not have a form of its own shown with our token in it."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
