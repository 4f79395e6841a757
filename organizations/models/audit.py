"""Who changed what, when: written by `organizations.audit.record` alone, never changed afterwards."""

from django.db import models

from organizations.tenancy import TenantModel


class AuditEntry(TenantModel):
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)  # member, token, system
    actor_id = models.BigIntegerField(null=True)  # a Member's id; no foreign key, so that the entry outlives the member
    actor_name = models.CharField(max_length=200)
    verb = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=40)
    target_id = models.CharField(max_length=40)
    target_name = models.CharField(max_length=200)
    change = models.JSONField(default=dict)  # {field: [before, after]}, secrets never

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-id"], name="audit_newest"),
            models.Index(fields=["organization", "target_kind", "target_id", "-id"], name="audit_target"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.target_name}"
