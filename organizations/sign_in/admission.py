"""Who may step over the threshold of an organization, beyond being a member: the one answer for pages, API and stream.

A session knows how it was signed in. One that came through an organization's own provider opens that organization and
no other, until the person gives a proof of their own: otherwise whoever runs the provider of one could walk into the
other organizations of its members.
"""

from enum import StrEnum
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ObjectDoesNotExist

from organizations.models import ApiToken, Member, OrganizationSignOn, Role, User
from organizations.sign_in.session_bounds import is_session_over

SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
SIGN_ON_KEY = "signed_on"  # in the session: {"user": id, "only": bool, "organizations": [id]}


class Hindrance(StrEnum):
    """What must be done first."""

    VERIFY_EMAIL = "verify_email"
    SET_UP_MFA = "set_up_mfa"
    LET_IN = "let_in"  # by an admin: the second step was taken away by mail
    SIGN_ON = "sign_on"  # through the organization's own provider
    SIGN_IN = "sign_in"  # with one's own sign-in: this session came through another organization
    SESSION_OVER = "session_over"  # signed in too long ago, or too long away, for this organization


def hindrance(member: Member, session: SessionBase) -> Hindrance | None:
    """What keeps the member of this session out; None when nothing does."""
    organization = member.organization
    if is_session_over(session, idle_days=organization.session_idle_days, days=organization.session_days):
        return Hindrance.SESSION_OVER
    by_sign_on = came_through_sign_on(session, member)
    if not by_sign_on and must_sign_on(member):
        return Hindrance.SIGN_ON
    if not by_sign_on and is_borrowed_session(session, member.user):
        return Hindrance.SIGN_IN
    return unmet_requirement(member)


def token_hindrance(token: ApiToken) -> Hindrance | None:
    """The same for a program: a token is no way around the organization's sign-on."""
    if not token.by_sign_on and must_sign_on(token.member):
        return Hindrance.SIGN_ON
    return unmet_requirement(token.member)


def unmet_requirement(member: Member) -> Hindrance | None:
    """What the person has not done yet, whichever way they come: what holds for their API tokens too."""
    if settings.REQUIRE_VERIFIED_EMAIL and not has_verified_email(member.user):
        return Hindrance.VERIFY_EMAIL
    if member.organization.require_mfa and member.second_step_lost_at is not None:
        return Hindrance.LET_IN
    if member.organization.require_mfa and not has_mfa(member.user):
        return Hindrance.SET_UP_MFA
    return None


def has_mfa(user: User) -> bool:
    """An authenticator app or a passkey; recovery codes alone are none."""
    return bool(Authenticator.objects.filter(user=user, type__in=SECOND_STEPS).exists())


def has_verified_email(user: User) -> bool:
    return bool(EmailAddress.objects.filter(user=user, verified=True).exists())


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
    through = sign_on_note(session, user)
    organizations = {*through.get("organizations", ()), organization_id}
    session[SIGN_ON_KEY] = {"user": user.pk, "only": through.get("only", only), "organizations": sorted(organizations)}


def sign_on_note(session: SessionBase, user: User) -> dict[str, Any]:
    """Empty for a session of one's own sign-in, and where the note is about somebody else."""
    note = session.get(SIGN_ON_KEY) or {}
    return note if note.get("user") == user.pk else {}


def came_through_sign_on(session: SessionBase, member: Member) -> bool:
    """Whether the provider of the member's organization vouched for this session."""
    return member.organization_id in sign_on_note(session, member.user).get("organizations", ())


def is_borrowed_session(session: SessionBase, user: User) -> bool:
    """Whether nothing but an organization's provider says who this is."""
    return bool(sign_on_note(session, user).get("only"))


def note_own_proof(session: SessionBase, user: User) -> bool:
    """The person gave a proof of their own: from now on it is their own session. Whether it was not one before."""
    if not is_borrowed_session(session, user):
        return False
    session[SIGN_ON_KEY] = {**sign_on_note(session, user), "only": False}
    return True
