"""How far a profile has been read, and when it is asked next."""

from django.db import models
from django.db.models import Q

from organizations.tenancy import TenantModel


class Cursor(TenantModel):
    profile = models.OneToOneField("networks.Profile", on_delete=models.CASCADE, related_name="cursor")
    position = models.JSONField(default=dict)  # the adapter's own; {} means from the beginning
    next_poll_at = models.DateTimeField()
    polling_until = models.DateTimeField(null=True)  # lease of the worker that is asking right now
    polled_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_poll_at"], name="cursor_due"),
            models.Index(fields=["polling_until"], name="cursor_asking", condition=~Q(polling_until=None)),
        ]

    def __str__(self) -> str:
        return f"cursor of profile {self.profile_id}"
