"""Keys for programs."""

import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.timezone import now

from foundation.errors import Invalid, PermissionDenied
from foundation.texts.names import checked_name
from organizations.access import require_admin
from organizations.actors import Actor, System
from organizations.auditing import audit
from organizations.models import ApiToken, Member
from organizations.rest.scopes import FULL_SCOPES, SCOPES

PREFIX_OF_TOKENS = "so_"
MOST_TOKENS = 100  # living tokens of one member


@transaction.atomic
def create_api_token(
    actor: Actor,
    member: Member,
    *,
    name: str,
    scopes: Collection[str] = FULL_SCOPES,
    expires_at: datetime | None = None,
    by_sign_on: bool = False,
) -> tuple[ApiToken, str]:
    """A token for what `member` may do, as far as `scopes` go, and its secret, which is never shown again.

    `by_sign_on`: they came through the organization's sign-on to make it. The server's operator needs none.
    """
    if isinstance(actor, Member) and actor.pk != member.pk:
        raise PermissionDenied("Only the member can make a token that acts in the member's name.")
    name = checked_name(name, 80)
    validate_token_terms(scopes, expires_at)
    if count_active_tokens(member) >= MOST_TOKENS:
        raise Invalid({"name": [f"You have {MOST_TOKENS} tokens. Revoke one that is not needed any more."]})
    secret = PREFIX_OF_TOKENS + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        member=member,
        name=name,
        digest=ApiToken.hash(secret),
        scopes=[scope for scope in SCOPES if scope in scopes],
        expires_at=expires_at,
        by_sign_on=by_sign_on or isinstance(actor, System),
    )
    ends = expires_at.isoformat() if expires_at else "never"
    audit.record(actor, "token.created", token, {"member": member.name, "scopes": token.scopes, "expires": ends})
    return token, secret


@transaction.atomic
def revoke_api_token(actor: Actor, token: ApiToken) -> None:
    """Ends a token at once. Members end their own, admins everybody's."""
    if not isinstance(actor, Member) or actor.pk != token.member_id:
        require_admin(actor)
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now()):
        audit.record(actor, "token.revoked", token, {"member": token.member.name})


def validate_token_terms(scopes: Collection[str], expires_at: datetime | None) -> None:
    wrong = {}
    if not scopes or not set(scopes) <= set(SCOPES):
        wrong["scopes"] = [f"Choose from {', '.join(SCOPES)}."]
    if expires_at is not None and expires_at <= now():
        wrong["expires_at"] = ["Choose a moment that is yet to come."]
    if wrong:
        raise Invalid(wrong)


def count_active_tokens(member: Member) -> int:
    return ApiToken.objects.filter(member=member, revoked_at=None).count()
