"""Who may step over the threshold of an organization, beyond being a member: the one answer for pages, API and stream.

A session knows how it was signed in. One that came through an organization's own provider opens that organization and
no other: otherwise whoever runs the provider of one could walk into the other organizations of its members.
"""

from enum import StrEnum
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ObjectDoesNotExist

from organizations.models import Member, OrganizationSignOn, Role, User

SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
KEY = "signed_on"  # in the session: {"user": id, "only": bool, "organizations": [id]}


class Hindrance(StrEnum):
    """What must be done first."""

    VERIFY_EMAIL = "verify_email"
    SET_UP_MFA = "set_up_mfa"
    SIGN_ON = "sign_on"  # through the organization's own provider
    SIGN_IN = "sign_in"  # with one's own sign-in: this session came through another organization


def hindrance(member: Member, session: SessionBase) -> Hindrance | None:
    """What keeps the member of this session out; None when nothing does."""
    through = signed_on(session, member.user)
    here = member.organization_id in through.get("organizations", ())
    if not here and must_sign_on(member):
        return Hindrance.SIGN_ON
    if not here and through.get("only"):
        return Hindrance.SIGN_IN
    return standing(member)


def standing(member: Member) -> Hindrance | None:
    """What the person has not done yet, whichever way they come: what holds for their API tokens too."""
    if settings.REQUIRE_VERIFIED_EMAIL and not has_verified_email(member.user):
        return Hindrance.VERIFY_EMAIL
    if member.organization.require_mfa and not has_mfa(member.user):
        return Hindrance.SET_UP_MFA
    return None


def has_mfa(user: User) -> bool:
    """An authenticator app or a passkey; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user, type__in=SECOND_STEPS).exists()


def has_verified_email(user: User) -> bool:
    return EmailAddress.objects.filter(user=user, verified=True).exists()


def sign_on_of(member: Member) -> OrganizationSignOn | None:
    """The organization's sign-on. `memberships_of` brings it along, without the secret."""
    try:
        return member.organization.sign_on
    except ObjectDoesNotExist:
        return None


def must_sign_on(member: Member) -> bool:
    """Owners are let in by password too: somebody must be able to repair a sign-on that broke."""
    sign_on = sign_on_of(member)
    if sign_on is None or not sign_on.required or member.role == Role.OWNER:
        return False
    return sign_on.covers(member.user.email)


def note_sign_on(session: SessionBase, user: User, organization_id: int, *, only: bool) -> None:
    """This session came (`only`) or has also come through the organization's provider."""
    through = signed_on(session, user)
    organizations = {*through.get("organizations", ()), organization_id}
    only = bool(through.get("only", only)) if through else only
    session[KEY] = {"user": user.pk, "only": only, "organizations": sorted(organizations)}


def signed_on(session: SessionBase, user: User) -> dict[str, Any]:
    """Empty for a session of one's own sign-in, and where the note is about somebody else."""
    note = session.get(KEY) or {}
    return note if note.get("user") == user.pk else {}
