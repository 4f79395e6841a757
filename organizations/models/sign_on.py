"""How the members of an organization sign in through its own identity provider (OpenID Connect)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from organizations.models.member import Role
from organizations.tenancy import TenantModel
from socialops.lib.crypto import EncryptedJSONField


class OrganizationSignOn(TenantModel):
    organization = models.OneToOneField("organizations.Organization", models.CASCADE, related_name="sign_on")
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=200)
    client_secret = EncryptedJSONField()
    domains = ArrayField(models.CharField(max_length=253))  # of e-mail addresses, in lower case
    default_role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    required = models.BooleanField(default=False)

    class Meta:
        indexes = [GinIndex(fields=["domains"], name="sign_on_domains")]

    def __str__(self) -> str:
        return self.issuer

    def covers(self, email: str) -> bool:
        return email.rpartition("@")[2].lower() in self.domains


class SignOnIdentity(TenantModel):
    """Who is who: the provider's unchanging name for a person (`sub`), and the person here."""

    user = models.ForeignKey("organizations.User", on_delete=models.CASCADE, related_name="sign_on_identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "issuer", "subject"], name="identity_of_one_person"),
            models.UniqueConstraint(fields=["organization", "issuer", "user"], name="one_identity_a_person"),
        ]

    def __str__(self) -> str:
        return self.subject
