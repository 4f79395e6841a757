"""A key for programs. Only its hash is kept."""

import hashlib
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

from organizations.rest.scopes import FULL_SCOPES
from organizations.tenancy import TenantModel


def everything() -> list[str]:
    return list(FULL_SCOPES)


class ApiToken(TenantModel):
    member = models.ForeignKey("organizations.Member", on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=30), default=everything)  # organizations.rest.scopes
    # by somebody who had come through the organization's sign-on, or by the server's operator
    by_sign_on = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)  # null: never
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "-id"], name="token_newest")]

    def __str__(self) -> str:
        return self.name

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    @staticmethod
    def hash(secret: str) -> str:
        """SHA-256 is enough: the secret has 256 random bits, so there is nothing to guess."""
        return hashlib.sha256(secret.encode()).hexdigest()
