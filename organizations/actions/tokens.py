"""Keys for programs."""

import secrets

from django.db import transaction
from django.utils.timezone import now

from organizations import audit
from organizations.access import require_admin
from organizations.actors import Actor
from organizations.models import ApiToken, Member
from socialops.lib.errors import Invalid

PREFIX = "so_"


@transaction.atomic
def create_api_token(actor: Actor, member: Member, *, name: str) -> tuple[ApiToken, str]:
    """A token that can do all that `member` can, and its secret, which is never shown again."""
    if actor != member:
        require_admin(actor)
    name = name.strip()
    if not 1 <= len(name) <= 80:
        raise Invalid({"name": ["Give a name of 1 to 80 characters."]})
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(member=member, name=name, digest=ApiToken.hash(secret))
    audit.record(actor, "token.created", token, {"member": member.name})
    return token, secret


@transaction.atomic
def revoke_api_token(actor: Actor, token: ApiToken) -> None:
    """Ends a token at once."""
    if not isinstance(actor, Member) or actor.pk != token.member_id:
        require_admin(actor)
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now()):
        audit.record(actor, "token.revoked", token)
