"""A fresh proof that somebody is who the account belongs to, asked before the account opens in another way than it did.

A proof is the password, a passkey or a code of the account's own. That an organization's provider says who it is, is
none: whoever runs the provider could say it of anybody.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from organizations.gates import MemberRequest, MemberView, P
from organizations.sign_in.account_access import SAFE_METHODS
from organizations.sign_in.admission import is_borrowed_session
from organizations.sign_in.presence import signed_in_user

PROOF_METHODS = ("password", "mfa")  # as django-allauth writes down how somebody showed who they are
BORROWED_PROOFS = ("reauthenticate", "mfa_reauthenticate:webauthn")  # what would sign one in without the provider


def has_fresh_proof(request: HttpRequest) -> bool:
    """Whether this session gave a proof within the last minutes, when it was signed in or since."""
    if is_borrowed_session(request.session, signed_in_user(request)):
        return False
    given = [record["at"] for record in get_authentication_records(request) if record["method"] in PROOF_METHODS]
    return bool(given) and time.time() - given[-1] < app_settings.REAUTHENTICATION_TIMEOUT


def redirect_to_proof(request: HttpRequest) -> HttpResponseBase:
    """To the page that asks, and from there to what was wanted. Who has nothing to give makes a password by mail."""
    ways = proof_urls(request)
    if not ways:
        return redirect("account_reset_password")
    if request.method in SAFE_METHODS or not is_borrowed_session(request.session, signed_in_user(request)):
        suspended: HttpResponseBase = suspend_request(request, ways[0])
        return suspended
    # What a borrowed session sent is not kept: somebody else may have sent it.
    return redirect(proof_url(request, reverse("sign_on:ways_in")))


def proof_url(request: HttpRequest, after: str) -> str:
    """The page that asks, and goes on to `after`."""
    ways = proof_urls(request)
    return f"{ways[0]}?{urlencode({'next': after})}" if ways else reverse("account_reset_password")


def proof_urls(request: HttpRequest) -> list[str]:
    return [one["url"] for one in get_adapter().get_reauthentication_methods(request.user)]


def require_proof_to_send(view: MemberView[P]) -> Callable[..., HttpResponseBase]:
    """Below @member_gate: the page opens to members, what is sent asks for a proof."""

    @wraps(view)
    def asked(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in SAFE_METHODS and not has_fresh_proof(request):
            return redirect_to_proof(request)
        return view(request, *args, **kwargs)

    return asked
