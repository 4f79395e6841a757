"""The tenant."""

from django.core.validators import validate_slug
from django.db import models


class Organization(models.Model):
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=50, unique=True, validators=[validate_slug])
    time_zone = models.CharField(max_length=64, default="UTC")  # IANA
    locale = models.CharField(max_length=20, blank=True)  # of LANGUAGES; empty: as each reader's browser asks
    brand_colour = models.CharField(max_length=7, blank=True)  # "#3f51d1", dark enough for white letters
    logo = models.FileField(upload_to="logos", max_length=200, blank=True)  # read through views.identity alone
    require_mfa = models.BooleanField(default=False)  # members without a second step may not enter
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
