"""Looking up people and their organization, and being allowed to, in one call."""

from organizations.models import Member, Organization, User
from socialops.lib.errors import NotFound, PermissionDenied


def member_of(user: User, slug: str) -> Member:
    """The membership through which `user` enters the organization. Raises NotFound for outsiders."""
    try:
        # unscoped: this is the look-up that decides which organization comes into scope
        return Member.unscoped.select_related("user", "organization").get(
            user=user, organization__slug=slug, user__is_active=True
        )
    except Member.DoesNotExist:
        raise NotFound from None


def organizations_of(user: User) -> list[Organization]:
    # unscoped by nature: Organization is the tenant itself
    return list(Organization.objects.filter(members__user=user).order_by("name"))


def access_member(actor: Member, pk: int) -> Member:
    """A colleague. Everybody in an organization may see who is in it."""
    try:
        return Member.objects.select_related("user", "organization").get(pk=pk)
    except (Member.DoesNotExist, ValueError, OverflowError):
        raise NotFound from None


def require_admin(actor: object) -> None:
    if isinstance(actor, Member) and not actor.is_admin:
        raise PermissionDenied("Only an owner or admin of the organization can do that.")
