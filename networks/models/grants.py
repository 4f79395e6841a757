"""django-guardian's direct-key tables: real foreign keys that go when the profile goes. Written by teams alone."""

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase


class ProfileUserObjectPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey("networks.Profile", on_delete=models.CASCADE)


class ProfileGroupObjectPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey("networks.Profile", on_delete=models.CASCADE)
