"""Numbers measured at an instant, and per day."""

from django.db import models
from django.db.models import Q

from organizations.tenancy import TenantModel


class Snapshot(TenantModel):
    """What a network said at `as_of`, of one post or (remote_post null) of the profile itself. Never changed."""

    profile = models.ForeignKey("networks.Profile", on_delete=models.CASCADE, related_name="snapshots")
    remote_post = models.ForeignKey(
        "networks.RemotePost", on_delete=models.CASCADE, null=True, related_name="snapshots"
    )
    as_of = models.DateTimeField()
    values = models.JSONField()  # {metric key: number}; a key that is not known is absent
    missing = models.JSONField(default=dict)  # {metric key: why it is not known}

    class Meta:
        indexes = [
            models.Index(fields=["remote_post", "-as_of"], name="snapshot_of_post"),
            models.Index(fields=["profile", "-as_of"], name="snapshot_of_profile", condition=Q(remote_post=None)),
        ]

    def __str__(self) -> str:
        return f"snapshot {self.pk}"


class Rollup(TenantModel):
    """One metric of one profile on one day. No row, or a null value, means not known; 0 is a real zero."""

    profile = models.ForeignKey("networks.Profile", on_delete=models.CASCADE, related_name="rollups")
    day = models.DateField()  # in the organization's zone
    metric = models.CharField(max_length=40)  # a key of analytics.definitions
    value = models.BigIntegerField(null=True)
    as_of = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "day", "metric"], name="rollup_once")]
        indexes = [models.Index(fields=["organization", "day", "metric"], name="rollup_of_days")]

    def __str__(self) -> str:
        return f"{self.metric} {self.day}"


class Measurement(TenantModel):
    """When a post (or the profile itself) is measured next, by the cadence of its age."""

    profile = models.ForeignKey("networks.Profile", on_delete=models.CASCADE, related_name="+")
    remote_post = models.OneToOneField("networks.RemotePost", on_delete=models.CASCADE, null=True, related_name="+")
    due_at = models.DateTimeField()
    latest = models.ForeignKey(Snapshot, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile"], name="measurement_of_profile", condition=Q(remote_post=None))
        ]
        indexes = [models.Index(fields=["due_at"], name="measurement_due")]

    def __str__(self) -> str:
        return f"measurement {self.pk}"
