"""Becoming a member, for the first time or again."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from foundation.errors import Invalid
from foundation.processes import realtime
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.models import Member, Organization, User
from organizations.signals import member_joined


@transaction.atomic
def join_organization(
    actor: Actor | None, organization: Organization, user: User, *, role: str, team_ids: Iterable[int] = ()
) -> Member:
    """Makes `user` a member. Whoever had left comes back under the same name, without any right of then.

    The caller has checked that this may be; without an actor the person acts. Raises Invalid (email) for a member.
    """
    member = Member.ever.select_for_update(of=("self",)).filter(user=user).first()
    returns = member is not None
    if member is None:
        member = create_membership(organization, user, role)
    elif member.left_at is None:
        raise already_member_error()
    else:
        member.role, member.left_at, member.successor = role, None, None
        member.save(update_fields=["role", "left_at", "successor"])
    audit.record(actor or member, "member.returned" if returns else "member.added", member, {"role": role})
    member_joined.send(Member, member=member, team_ids=list(team_ids), actor=actor or member)
    realtime.ping(organization.pk, "rights")
    return member


def create_membership(organization: Organization, user: User, role: str) -> Member:
    try:
        with transaction.atomic():
            return Member.objects.create(organization=organization, user=user, role=role)
    except IntegrityError:
        raise already_member_error() from None


def already_member_error() -> Invalid:
    return Invalid({"email": [_("This person is already a member.")]})
