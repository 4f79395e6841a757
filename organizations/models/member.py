"""A user in an organization."""

from typing import ClassVar

from django.db import models

from organizations.tenancy import TenantManager, TenantModel, TenantQuerySet


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    MEMBER = "member", "Member"
    VIEWER = "viewer", "Viewer"

    @property
    def rank(self) -> int:
        """The higher, the more may be done in the organization."""
        return list(Role)[::-1].index(self)


ADMIN_ROLES = (Role.OWNER, Role.ADMIN)


class PresentManager(TenantManager["Member"]):
    """Only who is a member now: whoever has left is found through `Member.ever`."""

    def get_queryset(self) -> TenantQuerySet["Member"]:
        return super().get_queryset().filter(left_at=None)


class Member(TenantModel):
    """Whoever leaves keeps the row, so that posts and notes keep their author's name; nothing else is left of it."""

    organization = models.ForeignKey("organizations.Organization", on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey("organizations.User", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    created_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True)
    # taken away by mail where the organization asks for one: an admin must let the person in again
    second_step_lost_at = models.DateTimeField(null=True)
    # who answers for what somebody wrote who has left; never somebody who has left too
    successor = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")

    objects: ClassVar[PresentManager] = PresentManager()
    ever = TenantManager["Member"]()  # with those who have left

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organization"], name="member_once")]
        indexes = [models.Index(fields=["organization", "id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def mark(self) -> str:
        return self.role

    @property
    def name(self) -> str:
        return str(self.user)

    @property
    def picture_mark(self) -> str:
        """Of the picture that colleagues see; nobody's who has left."""
        return self.user.picture_mark if self.left_at is None else ""

    @property
    def is_admin(self) -> bool:
        """Owners and admins hold every right in their organization."""
        return self.left_at is None and self.role in ADMIN_ROLES

    @property
    def rank(self) -> int:
        return Role(self.role).rank

    @property
    def time_zone(self) -> str:
        return self.user.time_zone or self.organization.time_zone
