"""One connected presence on one network."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from foundation.states import Machine
from foundation.texts.search import Parts
from organizations.tenancy import TenantModel

PROFILE_VERBS = ("view", "draft", "publish", "approve", "reply", "analyse", "manage")


class Profile(TenantModel):
    """`state` is the health of the connection; only a recognised revocation disconnects."""

    MACHINE = Machine(
        {
            "disconnect": {"connected": "disconnected"},
            "reconnect": {"disconnected": "connected", "connected": "connected"},
        }
    )

    network = models.CharField(max_length=20)
    remote_id = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    handle = models.CharField(max_length=200, blank=True)
    url = models.URLField(max_length=500, blank=True)
    avatar_url = models.URLField(max_length=1000, blank=True)
    sandbox = models.BooleanField(default=False)
    state = models.CharField(max_length=20, default="connected")
    state_reason = models.CharField(max_length=500, blank=True)
    labels = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))  # of people, to find it by
    needs_approval = models.BooleanField(default=False)
    held_until = models.DateTimeField(null=True)  # the network asked us to wait
    pause = models.CharField(max_length=10, blank=True, default="", db_default="")  # posts: replies still leave; all
    identify_at = models.DateTimeField(null=True)  # when the network is asked for name, handle and picture; null: now
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        permissions = [(f"{verb}_profile", f"Can {verb}") for verb in PROFILE_VERBS]
        constraints = [models.UniqueConstraint(fields=["organization", "network", "remote_id"], name="profile_once")]
        indexes = [
            # a push names the network's own id and nothing else
            models.Index(fields=["network", "remote_id"], name="profile_by_remote_id"),
            GinIndex(Parts("name", "handle"), name="profile_parts"),
            models.Index(fields=["identify_at"], name="profile_to_identify", condition=Q(state="connected")),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.network})"

    @property
    def mark(self) -> str:
        """What tells two profiles of one name apart."""
        return f"@{self.handle}" if self.handle else self.name
