"""What a member should know: one notice per cause, and the e-mails that carry notices."""

from datetime import time

from django.db import models
from django.db.models import Q

from foundation.states import Machine
from organizations.tenancy import TenantModel

DIGEST_AT = time(8)
SETTLED_STATES = ("sent", "unknown", "failed", "dropped")  # states of an e-mail with which nothing more happens


class Notification(TenantModel):
    """Written by `organizations.notifications.notices` alone. While it is unread, the same cause only counts it up."""

    member = models.ForeignKey("organizations.Member", on_delete=models.CASCADE, related_name="notifications")
    cause = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    about = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=300)  # a path of ours
    url_of_many = models.CharField(max_length=300, blank=True)  # where several of them stand together
    count = models.PositiveIntegerField(default=1)
    in_bell = models.BooleanField(default=True)
    for_digest = models.BooleanField(default=False)  # waits for the next daily digest
    created_at = models.DateTimeField()
    last_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "cause"], condition=Q(read_at=None), name="notification_once")
        ]
        indexes = [
            models.Index(fields=["member", "-id"], name="notification_newest", condition=Q(in_bell=True)),
            # the badge on every page
            models.Index(fields=["member"], name="notification_unread", condition=Q(read_at=None, in_bell=True)),
            models.Index(fields=["organization", "cause"], name="notification_cause", condition=Q(read_at=None)),
            models.Index(fields=["member"], name="notification_digest", condition=Q(for_digest=True)),
            models.Index(fields=["read_at"], name="notification_read", condition=~Q(read_at=None)),  # the purge
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def address(self) -> str:
        return self.url_of_many if self.count > 1 and self.url_of_many else self.url


class NotificationSettings(TenantModel):
    """How one member wants to be told. Without a row the defaults of each kind hold."""

    member = models.OneToOneField(
        "organizations.Member", on_delete=models.CASCADE, related_name="notification_settings"
    )
    channels = models.JSONField(default=dict)  # {kind: [channel]}; a kind that is missing has its defaults
    quiet_from = models.TimeField(null=True)  # on the member's own clock; e-mails wait until quiet_until
    quiet_until = models.TimeField(null=True)
    digest_at = models.TimeField(default=DIGEST_AT)
    next_digest_at = models.DateTimeField(null=True)  # null: nothing is to be collected

    class Meta:
        indexes = [
            models.Index(fields=["next_digest_at"], name="digest_due", condition=~Q(next_digest_at=None)),
        ]

    def __str__(self) -> str:
        return f"settings of member {self.member_id}"


class Mail(TenantModel):
    """One e-mail to a member, written down before it is sent. `organizations.notifications.mails` sends it."""

    MACHINE = Machine(
        {
            "begin": {"waiting": "sending"},
            "confirm": {"sending": "sent"},
            "postpone": {"sending": "waiting"},
            "lose": {"sending": "unknown"},
            "refuse": {"sending": "failed"},
            "drop": {"sending": "dropped", "waiting": "dropped"},
        }
    )

    member = models.ForeignKey("organizations.Member", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)  # notice, digest
    key = models.CharField(max_length=80, unique=True)  # names the effect: the same e-mail cannot stand twice
    notices = models.ManyToManyField(Notification, related_name="mails")
    state = models.CharField(max_length=10, default="waiting")
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], name="mail_due", condition=Q(state="waiting")),
            models.Index(fields=["lease_until"], name="mail_in_flight", condition=Q(state="sending")),
            models.Index(
                fields=["created_at"], name="mail_settled", condition=Q(state__in=SETTLED_STATES)
            ),  # the purge
        ]

    def __str__(self) -> str:
        return self.key
