"""A set of verbs that an organization named for itself, beside the levels that every organization has."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from foundation.overtaking import mark_of
from organizations.tenancy import TenantModel


class Level(TenantModel):
    """Used at the moment of granting: grants hold verbs, so a level that changes later changes no right."""

    name = models.CharField(max_length=40)
    verbs = ArrayField(models.CharField(max_length=20))

    class Meta:
        constraints = [models.UniqueConstraint("organization", Lower("name"), name="level_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def mark(self) -> str:
        return mark_of(self.name, self.verbs)
