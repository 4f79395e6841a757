"""The tenant."""

from django.core.validators import validate_slug
from django.db import models
from django.urls import reverse


class Organization(models.Model):
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=50, unique=True, validators=[validate_slug])
    time_zone = models.CharField(max_length=64, default="UTC")  # IANA
    locale = models.CharField(max_length=20, blank=True)  # of LANGUAGES; empty: as each reader's browser asks
    brand_colour = models.CharField(max_length=7, blank=True)  # "#3f51d1", dark enough for white letters
    logo = models.FileField(upload_to="logos", max_length=200, blank=True)  # read through views.identity alone
    require_mfa = models.BooleanField(default=False)  # members without a second step may not enter
    too_late_minutes = models.PositiveIntegerField(null=True)  # then a post waits for a person; null: never
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def logo_url(self) -> str:
        """Where members find the picture; another picture has another address. Empty where there is none."""
        return f"{reverse('organizations:logo', args=[self.slug])}?{self.logo.name}" if self.logo else ""
