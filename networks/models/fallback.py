"""What an organization does with posts that a network has held up for long."""

from django.db import models

from foundation.overtaking import mark_of
from organizations.tenancy import TenantModel

NO_PLAN = mark_of("no plan")


class FallbackPlan(TenantModel):
    """One for each network; without one nothing happens by itself."""

    network = models.CharField(max_length=20)
    after_minutes = models.PositiveSmallIntegerField()
    profile = models.ForeignKey("networks.Profile", on_delete=models.CASCADE, null=True, related_name="+")
    text = models.TextField(default="{text}")  # what leaves there; {text} stands for the post's own words
    told = models.ManyToManyField("organizations.Member", related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "network"], name="fallback_once")]

    def __str__(self) -> str:
        return f"{self.network}, after {self.after_minutes} minutes"

    @property
    def mark(self) -> str:
        told = sorted(one.pk for one in self.told.all())
        return mark_of(self.after_minutes, self.profile_id, self.text, told)

    @property
    def cause(self) -> str:
        """Names the notice that it is carried out."""
        return f"fallback-{self.pk}"
