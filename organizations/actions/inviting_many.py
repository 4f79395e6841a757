"""Inviting a whole list: the same rules as for one person, at a number of queries that does not grow with it."""

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext as _

from foundation.errors import Conflict
from organizations.access import require_admin
from organizations.actions.invitations import INVITATION_LIFE, INVITATION_TASK
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.models import Invitation, Member, Role
from organizations.people.invitation_list import InvitationLine, checked_line, parse_invitation_list
from organizations.queries.invitations import joinable_teams
from organizations.tenancy import require_organization_id
from organizations.worker_hints import wake_worker


def check_invitation_list(actor: Actor, text: str) -> list[InvitationLine]:
    """Each line of the CSV with what is wrong with it. Stores nothing. Raises Invalid (people), PermissionDenied."""
    require_admin(actor)
    lines = parse_invitation_list(text)
    rank = actor.rank if isinstance(actor, Member) else Role.OWNER.rank
    teams = {name.lower(): pk for pk, name in joinable_teams().items()}
    taken, seen = taken_addresses(), set[str]()
    return [checked_line(line, rank=rank, taken=taken, teams=teams, seen=seen) for line in lines]


@transaction.atomic
def invite_people(actor: Actor, text: str) -> list[InvitationLine]:
    """Invites everybody on the list with whose line nothing is wrong; returns all lines as they were checked.

    Raises Invalid (people), PermissionDenied, Conflict.
    """
    lines = check_invitation_list(actor, text)
    good = [line for line in lines if not line.problems]
    at, sender = now(), actor if isinstance(actor, Member) else None
    stale = Invitation.objects.filter(email__in=[line.email for line in good], accepted_at=None, revoked_at=None)
    stale.filter(expires_at__lte=at).update(revoked_at=at, mail_due_at=None)
    invitations = [
        Invitation(
            organization_id=require_organization_id(),
            email=line.email,
            role=line.role,
            team_ids=sorted(set(line.team_ids)),
            invited_by=sender,
            expires_at=at + INVITATION_LIFE,
            mail_due_at=at,
        )
        for line in good
    ]
    try:
        with transaction.atomic():
            made = Invitation.objects.bulk_create(invitations)
    except IntegrityError:
        raise Conflict(_("Somebody else has just invited one of them. Check the list again.")) from None
    for invitation in made:
        audit.record(actor, "invitation.sent", invitation, {"role": invitation.role})
    wake_worker(INVITATION_TASK)
    return lines


def taken_addresses() -> dict[str, str]:
    """{address: why it cannot be invited}: of members and of invitations that can still be accepted."""
    members = Member.objects.values_list(Lower("user__email"), flat=True)
    rows = Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=now())
    invited = rows.values_list("email", flat=True)
    return {
        **dict.fromkeys(invited, _("This person is invited already.")),
        **dict.fromkeys(members, _("This person is already a member.")),
    }
