"""Asking people to join: invited, asked again, taken back, accepted. `people.invitation_mails` sends the link."""

from collections.abc import Iterable
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from foundation.errors import Conflict, Invalid
from foundation.texts.names import checked_name
from organizations.access import require_admin, require_rank
from organizations.actions.joining import already_member_error, join_organization
from organizations.actions.organizations import LONGEST_NAME, create_user, validate_field
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.models import Invitation, Member, Role, User
from organizations.notifications.notices import notify
from organizations.queries.invitations import joinable_teams
from organizations.worker_hints import wake_worker

INVITATION_LIFE = timedelta(days=7)
INVITATION_TASK = "organizations.tasks.send_invitations"


@transaction.atomic
def invite_member(actor: Actor, *, email: str, role: str = Role.MEMBER, team_ids: Iterable[int] = ()) -> Invitation:
    """Sends a link with which the owner of the address joins, within a week.

    Raises Invalid (email, role, teams), PermissionDenied.
    """
    require_admin(actor)
    email, ids = email.strip().lower(), sorted(set(team_ids))
    validate_field("email", validate_email, email, _("Give a whole e-mail address."))
    if role not in Role.values:
        raise Invalid({"role": [_("Choose one of %s.") % ", ".join(Role.values)]})
    require_rank(actor, role)
    if not joinable_teams().keys() >= set(ids):
        raise Invalid({"teams": [_("One of these does not exist here.")]})
    if Member.objects.filter(user__email__iexact=email).exists():
        raise already_member_error()
    Invitation.objects.filter(email=email, accepted_at=None, revoked_at=None, expires_at__lte=now()).update(
        revoked_at=now(), mail_due_at=None
    )
    return store_invitation(actor, email, role, ids)


def store_invitation(actor: Actor, email: str, role: str, team_ids: list[int]) -> Invitation:
    at = now()
    sender = actor if isinstance(actor, Member) else None
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                email=email,
                role=role,
                team_ids=team_ids,
                invited_by=sender,
                expires_at=at + INVITATION_LIFE,
                mail_due_at=at,
            )
    except IntegrityError:
        raise Invalid({"email": [_("This person is invited already. Send the invitation again instead.")]}) from None
    audit.record(actor, "invitation.sent", invitation, {"role": role})
    wake_worker(INVITATION_TASK)
    return invitation


@transaction.atomic
def resend_invitation(actor: Actor, invitation: Invitation) -> Invitation:
    """A new link for another week; the one before no longer works. Raises Conflict when it is over."""
    require_rank(actor, invitation.role)
    at = now()
    stamps: dict[str, object] = {
        "expires_at": at + INVITATION_LIFE,
        "mail_due_at": at,
        "mailed_at": None,
        "digest": None,
    }
    if isinstance(actor, Member):
        stamps["invited_by"] = actor  # from now on it lives by their word
    update_open_invitation(invitation, **stamps)
    audit.record(actor, "invitation.sent_again", invitation)
    wake_worker(INVITATION_TASK)
    return invitation


@transaction.atomic
def revoke_invitation(actor: Actor, invitation: Invitation) -> None:
    """Its link no longer works. Raises Conflict when it is over."""
    require_rank(actor, invitation.role)
    update_open_invitation(invitation, revoked_at=now(), mail_due_at=None)
    audit.record(actor, "invitation.revoked", invitation)


def update_open_invitation(invitation: Invitation, **stamps: object) -> None:
    rows = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if rows.update(**stamps) != 1:
        raise Conflict(_("This invitation was accepted or revoked in the meantime."))
    invitation.refresh_from_db()


@transaction.atomic
def accept_invitation(
    invitation: Invitation, *, user: User | None = None, name: str = "", password: str = ""
) -> Member:
    """Joins as `user`, whose address it must be, or as a new person with this name and password.

    Raises Conflict when the link is over, Invalid (name, password), PermissionDenied for another person.
    """
    row = Invitation.objects.select_for_update(of=("self",)).select_related("organization").get(pk=invitation.pk)
    refusal = invitation_refusal(row)
    if refusal:
        raise Conflict(refusal)
    if user is None:
        user = create_invited_user(row, name, password)
    if user.email.lower() != row.email or not user.is_active:
        raise Conflict(_("This invitation is for %s. Sign in as that person.") % row.email)
    member = join_organization(None, row.organization, user, role=row.role, team_ids=row.team_ids)
    row.accepted_at, row.accepted_by, row.mail_due_at = now(), member, None
    row.save(update_fields=["accepted_at", "accepted_by", "mail_due_at"])
    audit.record(member, "invitation.accepted", row)
    if row.invited_by:
        notify(
            [row.invited_by],
            f"invitation-{row.pk}-accepted",
            kind="invitation_accepted",
            title=_("%s has accepted your invitation") % member.name,
            url=reverse("organizations:people", args=[row.organization.slug]),
        )
    return member


def create_invited_user(invitation: Invitation, name: str, password: str) -> User:
    """The link came by e-mail, so the address is confirmed."""
    if refusal := registration_refusal():
        raise Conflict(refusal)
    name = checked_name(name, LONGEST_NAME)
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise Conflict(_("There is a sign-in with this address already. Sign in with it to join."))
    user = create_user(invitation.email, name, password)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def registration_refusal() -> str:
    """Why a link cannot make a new sign-in on this server; empty when it can."""
    if settings.REGISTRATION == "closed":
        return _("Sign-ins are made by this server's operator. Ask for one, then open this link again.")
    return ""


def invitation_refusal(invitation: Invitation) -> str:
    """Why it can no longer be accepted; empty when it can. Whoever sent it must still be able to give the role."""
    if invitation.revoked_at:
        return _("This invitation was taken back. Ask for a new one.")
    if invitation.accepted_at:
        return _("This invitation was used already. Sign in instead.")
    if invitation.is_expired:
        return _("This invitation is too old. Ask for a new one.")
    sender = invitation.invited_by
    if sender and not (sender.is_admin and sender.rank >= Role(invitation.role).rank):
        return _("Whoever sent this invitation can no longer invite you. Ask for a new one.")
    return ""
