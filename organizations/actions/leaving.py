"""Off-boarding: in one step every right of a member ends, and all that they held has somebody again."""

from collections.abc import Mapping

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from foundation.errors import Invalid, PermissionDenied
from foundation.processes import realtime
from organizations.access import require_rank
from organizations.actions.people import lock_people, require_another_owner, require_present_actor
from organizations.actors import Actor, actor_label
from organizations.auditing import audit
from organizations.models import Absence, ApiToken, Invitation, Member, Role
from organizations.notifications.notices import notify
from organizations.people.member_handover import Handover, Holding, may_succeed
from organizations.queries.leaving import holdings_of
from organizations.signals import member_leaving


@transaction.atomic
def offboard_member(
    actor: Actor,
    member: Member,
    *,
    successor: Member,
    successors: Mapping[str, Member] | None = None,
    keep_scheduled: bool = True,
) -> Member:
    """Ends the membership. `successor` takes over, or for a kind of thing ("posts") the one in `successors`.

    The audit log and all that they wrote keep the name. Raises Invalid (successor), PermissionDenied, NotFound when
    they have left already, Conflict for the last owner.
    """
    named = [successor, *(successors or {}).values()]
    people = lock_people(actor, member, named)
    row, doer = people[member.pk], require_present_actor(actor, people)
    require_rank(doer, row.role)
    if row.role == Role.OWNER:
        require_another_owner(people, row)
    handover = plan_handover(doer, row, successor, successors or {}, keep_scheduled=keep_scheduled)
    if not all(one.pk in people for one in named):
        raise Invalid({"successor": [_("This person has left too. Choose somebody else.")]})
    passing = [one for one in holdings_of(handover) if one.passes]
    member_leaving.send(Member, member=row, successor=handover.successor, actor=actor, handover=handover)
    end_membership(row, handover)
    chosen = {kind: one.name for kind, one in handover.by_kind.items()}
    audit.record(actor, "member.left", row, {"role": [row.role, None], "successor": successor.name, **chosen})
    notify_successors(actor, handover, passing)
    realtime.ping(row.organization_id, "rights")
    return row


def notify_successors(actor: Actor, handover: Handover, passing: list[Holding]) -> None:
    """By bell and e-mail what is theirs from now on, but for whoever did it."""
    member, slug = handover.member, handover.member.organization.slug
    names = {"who": actor_label(actor).name, "name": member.name}
    for one in {person.pk: person for person in handover.people}.values():
        theirs = [holding.label for holding in passing if handover.chosen(holding.kind).pk == one.pk]
        if one.pk == getattr(actor, "pk", None):
            continue
        notify(
            [one],
            f"member-{member.pk}-left",
            kind="handed_over",
            title=_("%(who)s off-boarded %(name)s: you take over") % names,
            url=reverse("home", args=[slug]),
            about=", ".join(theirs) or _("Nothing was open; what comes back later comes to you."),
        )


def plan_handover(
    actor: Actor, member: Member, successor: Member, by_kind: Mapping[str, Member], *, keep_scheduled: bool = True
) -> Handover:
    """Who would take what. Changes nothing; raises Invalid (successor) for somebody who cannot."""
    if not all(may_succeed(one, member) for one in (successor, *by_kind.values())):
        raise Invalid({"successor": [_("Choose another member, who does more than look.")]})
    return Handover(member, successor, fallback_successor(actor, member), dict(by_kind), keep_scheduled)


def fallback_successor(actor: Actor, member: Member) -> Member:
    """Somebody who sees everything: the actor, or the first owner."""
    if isinstance(actor, Member) and actor.is_admin and actor.pk != member.pk:
        return actor
    owners = Member.objects.filter(role=Role.OWNER).exclude(pk=member.pk).select_related("user")
    found = owners.order_by("pk").first()
    if found is None:
        raise PermissionDenied(_("An organization needs an owner."))
    return found


def end_membership(member: Member, handover: Handover) -> None:
    taker = handover.taker("posts")
    member.left_at, member.successor = now(), taker
    member.save(update_fields=["left_at", "successor"])
    Member.ever.filter(successor=member).update(successor=taker)  # what they had taken over before
    ApiToken.objects.filter(member=member, revoked_at=None).update(revoked_at=now())
    end_invitations(member)
    end_absences(member, handover)
    end_sessions(member)


def end_invitations(member: Member) -> None:
    """Those that they sent, which live by their word, and those that would let them in again."""
    theirs = Q(invited_by=member) | Q(email=member.user.email.lower())
    rows = Invitation.objects.filter(theirs, accepted_at=None, revoked_at=None)
    rows.update(revoked_at=now(), mail_due_at=None)


def end_absences(member: Member, handover: Handover) -> None:
    Absence.objects.filter(member=member, starts_at__gt=now()).delete()
    Absence.objects.filter(member=member, ends_at__gt=now()).update(ends_at=now())
    for absence in Absence.objects.filter(deputy=member, ends_at__gt=now()).select_related("member"):
        absence.deputy = handover.taker("absences", lambda one: one.pk != absence.member_id)  # noqa: B023 - called at once
        if absence.deputy == absence.member:
            absence.delete()
        else:
            absence.save(update_fields=["deputy"])


def end_sessions(member: Member) -> None:
    """Signs them out everywhere, unless another organization is theirs too."""
    # unscoped: the other organizations are asked for
    if Member.unscoped.filter(user=member.user_id, left_at=None).exists():
        return
    for session in UserSession.objects.filter(user=member.user_id):
        session.end()
