"""When an organization is at work: its week, and the days on which it rests."""

from django.db import models
from django.db.models import F, Q

from organizations.tenancy import TenantModel

DAY = 24 * 60


class BusinessHours(TenantModel):
    """One stretch of one weekday, in minutes since its midnight, so that a day may end at 24:00. Several make a day."""

    weekday = models.PositiveSmallIntegerField()  # Monday is 0
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "weekday", "opens"], name="business_hours_once"),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, closes__lte=DAY, opens__lt=F("closes")), name="business_hours_in_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"weekday {self.weekday}, minutes {self.opens} to {self.closes}"


class Holiday(TenantModel):
    day = models.DateField()
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "day"], name="holiday_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.day.isoformat()})"
