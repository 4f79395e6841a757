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
    """One metric of one profile on one day.

    A row says that something was known that day; 0 is a real zero. For the networks' metrics no row means not known.
    Our own counts are complete by nature, so that there no row means that nothing happened.
    """

    profile = models.ForeignKey("networks.Profile", on_delete=models.CASCADE, related_name="rollups")
    day = models.DateField()  # in the organization's zone, as it was when the number came
    metric = models.CharField(max_length=40)  # a key of analytics.definitions
    value = models.BigIntegerField()
    as_of = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "day", "metric"], name="rollup_once")]
        indexes = [models.Index(fields=["organization", "day", "metric"], name="rollup_of_days")]

    def __str__(self) -> str:
        return f"{self.metric} {self.day}"


class Measurement(TenantModel):
    """When a post (or, remote_post null, the profile itself) is measured next, and what is known of it until then."""

    profile = models.ForeignKey("networks.Profile", on_delete=models.CASCADE, related_name="measurements")
    remote_post = models.OneToOneField(
        "networks.RemotePost", on_delete=models.CASCADE, null=True, related_name="measurement"
    )
    due_at = models.DateTimeField(null=True)  # null: never again
    measured_at = models.DateTimeField(null=True)  # as_of of the newest snapshot
    known = models.JSONField(default=dict)  # {metric key: last known number}, also when the newest snapshot lacks it
    missing = models.JSONField(default=dict)  # {metric key: why}; on the profile's own row also what its posts lacked
    error = models.CharField(max_length=500, blank=True)  # for people: why the last try brought nothing

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile"], name="measurement_of_profile", condition=Q(remote_post=None))
        ]
        indexes = [
            models.Index(fields=["due_at"], name="measurement_due"),
            models.Index(fields=["profile", "due_at"], name="measurement_due_profile"),
        ]

    def __str__(self) -> str:
        return f"measurement {self.pk}"
