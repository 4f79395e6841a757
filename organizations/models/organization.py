"""The tenant."""

from django.core.validators import validate_slug
from django.db import models
from django.urls import reverse

from foundation.overtaking import mark_of

TOO_LATE = 6 * 60  # minutes; what nobody saw for a night is no longer news
SETTINGS_FIELDS = ("name", "time_zone", "locale", "brand_colour", "too_late_minutes")  # of one form


class Organization(models.Model):
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=50, unique=True, validators=[validate_slug])
    time_zone = models.CharField(max_length=64, default="UTC")  # IANA
    locale = models.CharField(max_length=20, blank=True)  # of LANGUAGES; empty: as each reader's browser asks
    brand_colour = models.CharField(max_length=7, blank=True)  # "#3f51d1", dark enough for white letters
    logo = models.FileField(upload_to="logos", max_length=200, blank=True)  # read through views.identity alone
    require_mfa = models.BooleanField(default=False)  # members without a second step may not enter
    session_idle_days = models.PositiveSmallIntegerField(default=14, db_default=14)  # sign_in.session_bounds
    session_days = models.PositiveSmallIntegerField(default=30, db_default=30)
    # then a post waits for a person; null: never
    too_late_minutes = models.PositiveIntegerField(null=True, default=TOO_LATE, db_default=TOO_LATE)
    quotas = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )  # what the operator grants in place of the defaults
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def mark(self) -> str:
        return mark_of([getattr(self, name) for name in SETTINGS_FIELDS])

    @property
    def logo_mark(self) -> str:
        return mark_of(self.logo.name or "")

    @property
    def mfa_mark(self) -> str:
        return mark_of(self.require_mfa)

    @property
    def bounds_mark(self) -> str:
        return mark_of(self.session_idle_days, self.session_days)

    @property
    def logo_url(self) -> str:
        """Where members find the picture; another picture has another address. Empty where there is none."""
        return f"{reverse('organizations:logo', args=[self.slug])}?{self.logo.name}" if self.logo else ""
