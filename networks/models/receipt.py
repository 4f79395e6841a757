"""A push as it arrived, kept before anything is done with it. It has no organization until it was read."""

from django.db import models
from django.db.models import Q


class WebhookReceipt(models.Model):
    network = models.CharField(max_length=20)
    sandbox = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 over network and raw body: networks push twice
    body = models.BinaryField()
    received_at = models.DateTimeField()
    digested_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["received_at"], name="receipt_open", condition=Q(digested_at=None)),
            models.Index(fields=["digested_at"], name="receipt_read", condition=~Q(digested_at=None)),  # the purge
        ]

    def __str__(self) -> str:
        return f"{self.network} {self.digest[:8]}"
