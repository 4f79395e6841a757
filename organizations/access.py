"""Looking up people and their organization, and being allowed to, in one call."""

from foundation.database.lookups import get_or_not_found
from foundation.errors import NotFound, PermissionDenied
from organizations.actors import Actor
from organizations.models import Member, Role, User
from organizations.queries.notifications import unread_count_expression


def memberships_of(user: User) -> list[Member]:
    """Every organization that `user` may enter, by name, with the number of notices that wait there (`unread`)."""
    # unscoped: this look-up decides which organization may come into scope
    rows = Member.unscoped.filter(user=user, user__is_active=True, left_at=None).select_related("organization__sign_on")
    rows = rows.defer("organization__sign_on__client_secret")
    found: list[Member] = list(rows.annotate(unread=unread_count_expression()).order_by("organization__name"))
    for member in found:
        member.user = user
    return found


def member_of(memberships: list[Member], slug: str) -> Member:
    """The membership through which one enters the organization. Raises NotFound for outsiders."""
    for member in memberships:
        if member.organization.slug == slug:
            return member
    raise NotFound


def access_member(actor: Actor, pk: int) -> Member:
    """A colleague. Everybody in an organization may see who is in it."""
    return get_or_not_found(Member.objects.select_related("user", "organization"), pk)


def require_admin(actor: object) -> None:
    if isinstance(actor, Member) and not actor.is_admin:
        raise PermissionDenied("Only an owner or admin of the organization can do that.")


def require_owner(actor: object) -> None:
    if isinstance(actor, Member) and (actor.left_at is not None or actor.role != Role.OWNER):
        raise PermissionDenied("Only an owner of the organization can do that.")


def require_rank(actor: object, *roles: str) -> None:
    """Admins act on nobody above themselves, and lift nobody above themselves."""
    require_admin(actor)
    if isinstance(actor, Member) and any(Role(role).rank > actor.rank for role in roles):
        raise PermissionDenied("Only an owner can do that.")


def lock_present_member(member: Member) -> bool:
    """Locks the member until the transaction ends, so that nobody is given anything while they are off-boarded.

    To be asked before any other lock is taken: off-boarding locks people first, too.
    """
    return Member.objects.select_for_update(no_key=True).filter(pk=member.pk).exists()
