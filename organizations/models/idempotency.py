"""The first answer to a POST that carried an Idempotency-Key, to be given again for the same key and body."""

from django.db import models

from organizations.tenancy import TenantModel


class IdempotentAnswer(TenantModel):
    token = models.ForeignKey("organizations.ApiToken", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)  # SHA-256 over method, path and body
    status = models.PositiveSmallIntegerField(null=True)  # null while the first request is still at work
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="idempotency_oldest")]  # the purge
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="idempotency_once")]

    def __str__(self) -> str:
        return self.key
