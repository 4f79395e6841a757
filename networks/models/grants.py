"""django-guardian's direct-key tables: real foreign keys that go when the profile goes. Written by teams alone."""

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase


class GivenRight(models.Model):
    """Of each right on a profile: who gave it and when. Unknown where it was given before that was kept."""

    given_by = models.CharField(max_length=200, blank=True, db_default="")  # the name, which outlives the member
    given_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class ProfileUserObjectPermission(UserObjectPermissionBase, GivenRight):  # noqa: DJ008  # guardian has one
    content_object = models.ForeignKey("networks.Profile", on_delete=models.CASCADE)


class ProfileGroupObjectPermission(GroupObjectPermissionBase, GivenRight):  # noqa: DJ008  # as above
    content_object = models.ForeignKey("networks.Profile", on_delete=models.CASCADE)
