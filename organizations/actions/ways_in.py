"""Taking ways into an account away, by whose account it is."""

from collections.abc import Callable, Iterable
from importlib import import_module

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.utils.timezone import now

from organizations.access import memberships_of
from organizations.actions.tokens import revoke_api_token
from organizations.actors import System
from organizations.auditing import audit
from organizations.models import ApiToken, Invitation, Member, SignOnIdentity, User
from organizations.queries.ways_in import Way, WayKind
from organizations.receivers import recheck_streams, record_everywhere
from organizations.sign_in.admission import has_mfa, sign_on_note
from organizations.tenancy import scope


@transaction.atomic
def remove_ways(user: User, ways: Iterable[Way], *, by_mail: bool = False) -> None:
    """They open the account no longer. What is gone already is passed over. Written down wherever it concerns.

    `by_mail`: nothing but the mailbox said that it is the person, which is no second step.
    """
    had_second_step = has_mfa(user)
    for way in ways:
        REMOVERS[way.kind](user, way.pk)
    remove_left_over_codes(user)
    if by_mail and had_second_step and not has_mfa(user):
        mark_second_step_lost(user)
    transaction.on_commit(lambda: recheck_streams(user))


def mark_second_step_lost(user: User) -> None:
    """From organizations that ask for a second step, until somebody there knows that it was the person."""
    for member in memberships_of(user):
        if member.organization.require_mfa:
            with scope(member.organization_id):
                Member.objects.filter(pk=member.pk).update(second_step_lost_at=now())
                audit.record(System("sign-in"), "member.held_back", member)


def remove_password(user: User, pk: int) -> None:
    user.set_unusable_password()
    user.save(update_fields=["password"])
    record_everywhere(user, "password.removed")


def remove_authenticator(user: User, pk: int) -> None:
    rows = Authenticator.objects.filter(user=user, pk=pk)
    kinds = list(rows.values_list("type", flat=True))
    if rows.delete()[0]:
        record_everywhere(user, "mfa.removed", kind=kinds[0])


def remove_left_over_codes(user: User) -> None:
    """Recovery codes stand in for another step; alone they would be asked for and open nothing else."""
    rows = Authenticator.objects.filter(user=user)
    if not rows.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        rows.delete()


def unlink_identity(user: User, pk: int) -> None:
    """The provider's word opens this account no longer, nor do the sessions that came in by it alone."""
    # unscoped: the person's own, in whichever organization
    identity = SignOnIdentity.unscoped.filter(user=user, pk=pk).first()
    if identity is None:
        return
    with scope(identity.organization_id):
        member = Member.objects.filter(user=user).first()
        change = {"issuer": identity.issuer, "subject": identity.subject}
        audit.record(member or System("sign-on"), "sign_on.unlinked", user, change)
        identity.delete()
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for session in UserSession.objects.filter(user=user):
        note = sign_on_note(store(session.session_key), user)
        if note.get("only") and identity.organization_id in note["organizations"]:
            session.end()


def revoke_user_token(user: User, pk: int) -> None:
    # unscoped: the person's own, in whichever organization
    token = ApiToken.unscoped.select_related("member__user").filter(member__user=user, pk=pk).first()
    if token is not None:
        with scope(token.organization_id):
            revoke_api_token(token.member, token)


def end_user_session(user: User, pk: int) -> None:
    session = UserSession.objects.filter(user=user, pk=pk).first()
    if session is not None:
        session.end()
        record_everywhere(user, "session.ended", device=session.user_agent[:120])


def decline_invitation(user: User, pk: int) -> None:
    # unscoped: who is invited is in no organization yet
    rows = Invitation.unscoped.filter(pk=pk, accepted_at=None, revoked_at=None)
    invitation = rows.first()
    if invitation is not None and rows.update(revoked_at=now(), mail_due_at=None):
        with scope(invitation.organization_id):
            audit.record(System("invitation"), "invitation.declined", invitation)


REMOVERS: dict[WayKind, Callable[[User, int], None]] = {
    WayKind.PASSWORD: remove_password,
    WayKind.PASSKEY: remove_authenticator,
    WayKind.APP: remove_authenticator,
    WayKind.CODES: remove_authenticator,
    WayKind.SIGN_ON: unlink_identity,
    WayKind.TOKEN: revoke_user_token,
    WayKind.SESSION: end_user_session,
    WayKind.INVITATION: decline_invitation,
}
