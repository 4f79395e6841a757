"""Browsers in which a person has signed in before: strangers' wrong passwords do not count against them.

The browser keeps a signed cookie that says whose it is. It opens nothing; attempts from it are counted apart.
"""

import secrets
from typing import Any

from allauth.account.utils import filter_users_by_email
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from organizations.models import User

COOKIE = "known_device"
SALT = "organizations.known_devices"  # as the cookies that are out have it
AGE = 365 * 86_400
MOST = 10  # people of one browser


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """To be called once the person has signed in by what is their own."""
    kept = kept_in(request)
    people = [*(pk for pk in kept["people"] if pk != user.pk), user.pk][-MOST:]
    value = signing.dumps({"device": kept["device"], "people": people}, salt=SALT)
    response.set_cookie(
        COOKIE, value, max_age=AGE, httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
    )


def device_of(request: HttpRequest, email: str) -> str:
    """The name of this browser, where the owner of the address has signed in with it before; else empty."""
    if COOKIE not in request.COOKIES or "\0" in email:
        return ""
    kept = kept_in(request)
    owners = {user.pk for user in filter_users_by_email(email)}
    return kept["device"] if owners & set(kept["people"]) else ""


def kept_in(request: HttpRequest) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=AGE)
    except signing.BadSignature:
        return {"device": secrets.token_urlsafe(16), "people": []}
    return kept
