"""The network's copy of something on a profile: ours or somebody else's. The hinge between the floors above."""

from django.db import models

from organizations.tenancy import TenantModel


class RemotePost(TenantModel):
    profile = models.ForeignKey("networks.Profile", on_delete=models.CASCADE, related_name="remote_posts")
    outgoing = models.OneToOneField(
        "networks.Outgoing", on_delete=models.SET_NULL, null=True, related_name="remote_post"
    )
    kind = models.CharField(max_length=10, default="post")  # post, part (of a thread), reply
    remote_id = models.CharField(max_length=200)
    permalink = models.URLField(max_length=1000, blank=True)
    text = models.TextField(blank=True)
    published_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)  # when the network took it away for us
    deleted_by = models.CharField(max_length=200, blank=True, default="", db_default="")  # who asked for it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "remote_id"], name="remote_post_once")]
        indexes = [models.Index(fields=["profile", "kind", "-published_at"], name="remote_post_newest")]

    def __str__(self) -> str:
        return self.remote_id
