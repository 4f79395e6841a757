"""Roles of members. Whatever changes who owns an organization locks its owners first, so that one always remains."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from foundation.errors import Conflict, Invalid, NotFound, PermissionDenied
from foundation.overtaking import Overtaken, Seen, is_overtaken
from foundation.processes import realtime
from organizations.access import require_rank
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.models import Member, Role


@transaction.atomic
def change_role(actor: Actor, member: Member, *, role: str, seen: Seen = None) -> Member:
    """Another role in the organization, never above the actor's own.

    Raises Invalid (role), PermissionDenied, NotFound when they have left, Conflict for the last owner, and
    Overtaken for who no longer has the role in which they were `seen`.
    """
    if role not in Role.values:
        raise Invalid({"role": [_("Choose one of %s.") % ", ".join(Role.values)]})
    people = lock_people(actor, member)
    row = people[member.pk]
    require_rank(require_present_actor(actor, people), row.role, role)
    if is_overtaken(row.mark, seen):
        message = _(
            "Somebody else has given %(name)s the role “%(role)s” meanwhile. Choose again if it should be another."
        )
        raise Overtaken(message % {"name": row.name, "role": row.get_role_display()})
    if row.role == Role.OWNER and role != Role.OWNER:
        require_another_owner(people, row)
    if row.role == role:
        return row
    before, row.role = row.role, role
    row.save(update_fields=["role"])
    audit.record(actor, "member.role_changed", row, {"role": [before, role]})
    realtime.ping(row.organization_id, "rights")
    return row


def lock_people(actor: Actor, member: Member, others: Iterable[Member] = ()) -> dict[int, Member]:
    """{id: as it stands now} of the owners and of those named who are still here; `member` must be.

    Always in order of id, and without shutting out rows that only point at them.
    """
    named = {one.pk for one in (actor, member, *others) if isinstance(one, Member)}
    rows = Member.objects.filter(Q(role=Role.OWNER) | Q(pk__in=named)).select_related("user", "organization")
    people = {row.pk: row for row in rows.select_for_update(of=("self",), no_key=True).order_by("pk")}
    if member.pk not in people:
        raise NotFound
    return people


def require_present_actor(actor: Actor, people: dict[int, Member]) -> Actor:
    """The actor with the role that they have now."""
    if not isinstance(actor, Member):
        return actor
    if actor.pk not in people:
        raise PermissionDenied(_("You are no longer a member of this organization."))
    return people[actor.pk]


def require_another_owner(people: dict[int, Member], member: Member) -> None:
    if not any(one.role == Role.OWNER for one in people.values() if one.pk != member.pk):
        raise Conflict(
            _("%s is the last owner, and an organization needs one. Make somebody else an owner first.") % member.name
        )
