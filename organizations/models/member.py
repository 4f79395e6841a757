"""A user in an organization."""

from django.db import models

from organizations.tenancy import TenantModel


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    MEMBER = "member", "Member"
    VIEWER = "viewer", "Viewer"


class Member(TenantModel):
    organization = models.ForeignKey("organizations.Organization", on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey("organizations.User", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organization"], name="member_once")]
        indexes = [models.Index(fields=["organization", "id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return str(self.user)

    @property
    def is_admin(self) -> bool:
        """Owners and admins hold every right in their organization."""
        return self.role in (Role.OWNER, Role.ADMIN)

    @property
    def time_zone(self) -> str:
        return self.user.time_zone or self.organization.time_zone
