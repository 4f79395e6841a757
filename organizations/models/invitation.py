"""A person who was asked to join. The link in the e-mail is its only key, and only a hash of it is kept."""

import hashlib

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from organizations.models.member import Role
from organizations.tenancy import TenantModel


class Invitation(TenantModel):
    email = models.EmailField()  # lower case
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    team_ids = ArrayField(models.BigIntegerField(), default=list)  # teams stand on a floor above this one
    invited_by = models.ForeignKey("organizations.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    digest = models.CharField(max_length=64, unique=True, null=True)  # of the newest link that was sent
    mail_due_at = models.DateTimeField(null=True)  # null: nothing is to be sent
    mailed_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("organizations.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                name="invitation_once",
                condition=Q(accepted_at=None, revoked_at=None),
            )
        ]
        indexes = [
            models.Index(
                fields=["organization", "-id"], name="invitation_open", condition=Q(accepted_at=None, revoked_at=None)
            ),
            models.Index(fields=["mail_due_at"], name="invitation_mail", condition=~Q(mail_due_at=None)),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= now()

    @staticmethod
    def hash(secret: str) -> str:
        """SHA-256 is enough: the secret has 256 random bits, so there is nothing to guess."""
        return hashlib.sha256(secret.encode()).hexdigest()
