"""What opens a profile, encrypted."""

from django.db import models

from foundation.crypto import EncryptedJSONField
from organizations.tenancy import TenantModel


class Credential(TenantModel):
    profile = models.OneToOneField("networks.Profile", on_delete=models.CASCADE, related_name="credential")
    secrets = EncryptedJSONField()
    expires_at = models.DateTimeField(null=True)  # null: until it is revoked
    renewing_until = models.DateTimeField(null=True)  # lease of the one worker that is renewing it
    renewed_at = models.DateTimeField(null=True)  # null: they are as a person gave them
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"credential of profile {self.profile_id}"
