"""The person outside."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from foundation.texts.search import Parts
from organizations.tenancy import TenantModel


class Contact(TenantModel):
    network = models.CharField(max_length=20)
    remote_id = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    handle = models.CharField(max_length=200, blank=True)
    avatar_url = models.URLField(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "network", "remote_id"], name="contact_once")]
        indexes = [GinIndex(Parts("name", "handle"), name="contact_parts")]

    def __str__(self) -> str:
        return self.name
