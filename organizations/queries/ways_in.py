"""Everything that opens somebody's account, over all organizations: for the eyes of whose account it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from organizations.models import ApiToken, Invitation, SignOnIdentity, User


class WayKind(StrEnum):
    PASSWORD = "password"  # noqa: S105 - a kind of way in
    PASSKEY = "passkey"
    APP = "app"
    CODES = "codes"
    SIGN_ON = "sign_on"
    TOKEN = "token"  # noqa: S105 - a word, no secret
    SESSION = "session"
    INVITATION = "invitation"


KIND_OF_TYPE = {
    Authenticator.Type.WEBAUTHN: WayKind.PASSKEY,
    Authenticator.Type.TOTP: WayKind.APP,
    Authenticator.Type.RECOVERY_CODES: WayKind.CODES,
}


@dataclass(frozen=True, slots=True)
class Way:
    kind: WayKind
    pk: int
    name: str
    where: str = ""  # the organization, the provider, the address: whose or through what it is
    since: datetime | None = None
    used_at: datetime | None = None
    ends_at: datetime | None = None
    is_current: bool = False  # the session that asks

    @property
    def key(self) -> str:
        """Names it in a form."""
        return f"{self.kind.value}-{self.pk}"


def ways_in(user: User, *, session_key: str = "") -> list[Way]:
    found = [Way(WayKind.PASSWORD, user.pk, _("Password"))] if user.has_usable_password() else []
    for part in (
        authenticator_ways(user),
        sign_on_ways(user),
        token_ways(user),
        session_ways(user, session_key),
        invitation_ways(user),
    ):
        found += part
    return found


def ways_added_by_others(user: User) -> list[Way]:
    """What somebody else may have added while they were in: all that a new password does not end by itself."""
    return [*authenticator_ways(user), *sign_on_ways(user), *token_ways(user)]


def authenticator_ways(user: User) -> Iterator[Way]:
    words = {WayKind.APP: _("Authenticator app"), WayKind.CODES: _("Recovery codes")}
    for one in Authenticator.objects.filter(user=user).order_by("pk"):
        kind = KIND_OF_TYPE[Authenticator.Type(one.type)]
        name = words.get(kind) or str(one)
        yield Way(kind, one.pk, name, since=one.created_at, used_at=one.last_used_at)


def sign_on_ways(user: User) -> Iterator[Way]:
    # unscoped: it is the person who asks, not an organization
    for one in SignOnIdentity.unscoped.filter(user=user).select_related("organization").order_by("pk"):
        yield Way(WayKind.SIGN_ON, one.pk, one.organization.name, where=one.issuer, since=one.created_at)


def token_ways(user: User) -> Iterator[Way]:
    # unscoped: as above
    rows = ApiToken.unscoped.filter(member__user=user, member__left_at=None, revoked_at=None)
    living = rows.filter(Q(expires_at=None) | Q(expires_at__gt=now()))
    for one in living.select_related("organization").order_by("pk"):
        yield Way(
            WayKind.TOKEN,
            one.pk,
            one.name,
            where=one.organization.name,
            since=one.created_at,
            used_at=one.last_used_at,
            ends_at=one.expires_at,
        )


def session_ways(user: User, session_key: str) -> Iterator[Way]:
    for one in UserSession.objects.purge_and_list(user):
        current = one.session_key == session_key
        times = {"since": one.created_at, "used_at": one.last_seen_at}
        yield Way(WayKind.SESSION, one.pk, one.user_agent[:80], where=one.ip, is_current=current, **times)


def invitation_ways(user: User) -> Iterator[Way]:
    """A link to one of the person's addresses that would make them a member."""
    emails = {user.email.lower(), *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
    # unscoped: as above; index invitation_open does not help, but few are open
    rows = Invitation.unscoped.filter(email__in=emails, accepted_at=None, revoked_at=None, expires_at__gt=now())
    for one in rows.select_related("organization").order_by("pk"):
        yield Way(
            WayKind.INVITATION,
            one.pk,
            one.organization.name,
            where=one.email,
            since=one.created_at,
            ends_at=one.expires_at,
        )
