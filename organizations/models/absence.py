"""A time during which somebody stands in for a member."""

from django.db import models
from django.db.models import F, Q

from organizations.tenancy import TenantModel


class Absence(TenantModel):
    member = models.ForeignKey("organizations.Member", on_delete=models.CASCADE, related_name="absences")
    deputy = models.ForeignKey("organizations.Member", on_delete=models.CASCADE, related_name="deputised")
    starts_at = models.DateTimeField()  # midnight of the first day, in the member's zone
    ends_at = models.DateTimeField()  # midnight after the last day

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="absence_lasts"),
            models.CheckConstraint(condition=~Q(member=F("deputy")), name="absence_deputy_is_another"),
        ]
        indexes = [
            models.Index(fields=["deputy", "ends_at"], name="absence_deputy"),
            models.Index(fields=["member", "ends_at"], name="absence_member"),
        ]

    def __str__(self) -> str:
        return f"absence of {self.member_id}"
