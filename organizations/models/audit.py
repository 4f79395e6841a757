"""Who changed what, when: written by `organizations.auditing.audit.record` alone.

The database itself refuses to change, delete or truncate these rows (migration 0002, docs/adr/0006-audit-log.md). Hence
an organization cannot be deleted either: its rows would have to go.
"""

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
    ip = models.GenericIPAddressField(null=True)  # where the request came from; null: the system's own work

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-at", "-id"], name="audit_newest"),
            models.Index(fields=["organization", "actor_id", "-at", "-id"], name="audit_actor"),
            models.Index(fields=["organization", "verb", "-at", "-id"], name="audit_verb"),
            models.Index(fields=["organization", "target_kind", "target_id", "-at", "-id"], name="audit_target"),
            models.Index(fields=["organization", "target_name", "-at", "-id"], name="audit_named"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.target_name}"
