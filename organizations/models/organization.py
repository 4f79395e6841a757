"""The tenant."""

from django.core.validators import validate_slug
from django.db import models


class Organization(models.Model):
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=50, unique=True, validators=[validate_slug])
    time_zone = models.CharField(max_length=64, default="UTC")  # IANA
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
