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
MOST_PEOPLE = 10  # people of one browser


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """To be called once the person has signed in by what is their own."""
    cookie = read_device_cookie(request)
    people = [*(pk for pk in cookie["people"] if pk != user.pk), user.pk][-MOST_PEOPLE:]
    value = signing.dumps({"device": cookie["device"], "people": people}, salt=SALT)
    response.set_cookie(
        COOKIE, value, max_age=AGE, httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
    )


def find_known_device(request: HttpRequest, email: str) -> str:
    """The name of this browser, where the owner of the address has signed in with it before; else empty."""
    if COOKIE not in request.COOKIES or "\0" in email:
        return ""
    cookie = read_device_cookie(request)
    owners = {user.pk for user in filter_users_by_email(email)}
    return cookie["device"] if owners & set(cookie["people"]) else ""


def read_device_cookie(request: HttpRequest) -> dict[str, Any]:
    try:
        cookie: dict[str, Any] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=AGE)
    except signing.BadSignature:
        return {"device": secrets.token_urlsafe(16), "people": []}
    return cookie
