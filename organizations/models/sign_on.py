"""How the members of an organization sign in through its own identity provider (OpenID Connect)."""

import secrets

from django.db import models
from django.db.models import Q

from foundation.crypto import EncryptedJSONField
from foundation.internet.domain_names import domain_of_email, readable_domain
from foundation.overtaking import mark_of
from organizations.models.member import Role
from organizations.tenancy import TenantModel

NO_SIGN_ON = mark_of(None)  # what was seen where there was none


def new_token() -> str:
    return secrets.token_hex(20)  # lower case only: some name servers' pages change the case


class OrganizationSignOn(TenantModel):
    organization = models.OneToOneField("organizations.Organization", models.CASCADE, related_name="sign_on")
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=200)
    client_secret = EncryptedJSONField()
    default_role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    required = models.BooleanField(default=False)
    # who named this provider; empty: before it was kept
    set_up_by = models.CharField(max_length=220, blank=True, default="", db_default="")

    def __str__(self) -> str:
        return self.issuer

    @property
    def mark(self) -> str:
        names = SignOnDomain.objects.filter(organization=self.organization_id).order_by("name")
        own = [self.issuer, self.client_id, self.default_role, self.required]
        return mark_of(own, list(names.values_list("name", flat=True)))

    def covers(self, email: str) -> bool:
        """Whether it speaks for this address: one at a domain that the organization has proved."""
        # unscoped: asked before the organization comes into scope
        rows = SignOnDomain.unscoped.filter(organization_id=self.organization_id, name=domain_of_email(email))
        return rows.exclude(proved_at=None).exists()


class SignOnDomain(TenantModel):
    """A domain of e-mail addresses that an organization says is its own. It governs nothing before it is proved."""

    name = models.CharField(max_length=253)  # as `foundation.internet.domain_names.normalize_domain` writes it
    token = models.CharField(max_length=64, default=new_token)  # what the record says, of this organization alone
    entered_at = models.DateTimeField(auto_now_add=True)
    proved_at = models.DateTimeField(null=True)
    proved_by = models.CharField(max_length=10, blank=True)  # record, operator
    checked_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=10, blank=True)  # sign_in.domain_records.Looked: what was found then
    missing_since = models.DateTimeField(null=True)  # the record was there, and surely is not any more
    known_until = models.DateTimeField(null=True)  # entered before domains were proved: whom it let in, it still does

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="domain_once_entered"),
            models.UniqueConstraint(fields=["name"], condition=~Q(proved_at=None), name="domain_of_one_organization"),
        ]
        indexes = [models.Index(fields=["checked_at"], name="domain_due")]

    def __str__(self) -> str:
        return readable_domain(self.name)

    @property
    def host(self) -> str:
        """Where the record stands."""
        return f"_socialops-challenge.{self.name}"

    @property
    def record(self) -> str:
        return f"socialops-domain={self.token}"


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
