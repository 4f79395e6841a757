"""`Authorization: Bearer <token>`: the token belongs to one member of one organization."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.http import HttpRequest
from django.utils.timezone import now
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from organizations.models import ApiToken, Member, User
from organizations.tenancy import scope

USE_NOTED_EVERY = timedelta(minutes=1)


class TokenRequest(Request):
    """A call that came with a token."""

    auth: ApiToken


@contextmanager
def token_scope(request: HttpRequest) -> Iterator[None]:
    """Sets `request.api_token` (or None) and brings its organization into scope for the whole call."""
    token = find_token(request.headers.get("Authorization", ""))
    request.api_token = token  # type: ignore[attr-defined]  # set before a view begins
    if token is None:
        yield
        return
    with scope(token.organization_id):
        record_token_use(token)
        yield


def find_token(header: str) -> ApiToken | None:
    kind, _, secret = header.partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        return None
    # unscoped: this look-up decides which organization comes into scope
    tokens = ApiToken.unscoped.select_related("member__user", "member__organization__sign_on")
    tokens = tokens.defer("member__organization__sign_on__client_secret")
    live = tokens.filter(revoked_at=None, member__left_at=None, member__user__is_active=True)
    found = live.filter(digest=ApiToken.hash(secret.strip())).first()
    return None if found is None or found.expired(now()) else found


def record_token_use(token: ApiToken) -> None:
    at = now()
    if token.last_used_at is None or at - token.last_used_at > USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)


class BearerAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        token: ApiToken | None = getattr(request._request, "api_token", None)
        if token is None:
            return None
        member: Member = token.member
        member.via_token = token  # type: ignore[attr-defined]  # the audit log names the token
        return member.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its hook has no types
    target_class = "organizations.rest.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
