"""What a network holds of a draft's files before the post that shows them is there."""

from django.db import models

from networks.contract import Uploaded
from organizations.tenancy import TenantModel


class Upload(TenantModel):
    """One file of one row, as the network took it. Kept when it is used or gone: a post is recognised by it."""

    outgoing = models.ForeignKey("networks.Outgoing", on_delete=models.CASCADE, related_name="uploads")
    place = models.PositiveSmallIntegerField()  # in the draft's media, from 0
    media_id = models.CharField(max_length=200)
    marker = models.CharField(max_length=200)
    ready_at = models.DateTimeField(null=True)  # when the network is asked again whether it is; null: it is
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.marker or self.media_id

    @property
    def shape(self) -> Uploaded:
        return Uploaded(self.media_id, self.marker, self.expires_at, self.ready_at)
