"""Who is on the practice networks, and what they wrote there."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.timezone import now

from organizations.tenancy import TenantModel


class Account(TenantModel):
    """Somebody on a practice network: one of the organization's own profiles, or a person in its audience."""

    network = models.CharField(max_length=20)
    remote_id = models.CharField(max_length=30)
    handle = models.CharField(max_length=50)
    name = models.CharField(max_length=200)
    is_audience = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "remote_id"], name="sandbox_account_id"),
            models.UniqueConstraint("organization", "network", Lower("handle"), name="sandbox_account_handle"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.network})"


class Entry(TenantModel):
    """A post, an answer or a comment. `number` holds its time, as the networks' own ids do."""

    network = models.CharField(max_length=20)
    number = models.BigIntegerField()
    remote_id = models.CharField(max_length=60)
    author = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="entries")
    wall = models.ForeignKey(
        Account, on_delete=models.CASCADE, null=True, related_name="wall_entries"
    )  # on whose page it stands, where the network has pages
    addressed = models.ManyToManyField(Account, related_name="mentions")  # elsewhere: who is named or answered by it
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="answers")
    root = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="thread")
    text = models.TextField()
    likes = models.PositiveIntegerField(default=0)  # given by hand on the practice page; the rest grows by itself
    created_at = models.DateTimeField()
    listed_from = models.DateTimeField(null=True)  # a network that is behind: its lists show it from then on
    is_hidden = models.BooleanField(default=False, db_default=False)  # only its writer sees it
    earlier = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField())
    )  # [[remote id, text]], a version before each edit, where that makes another id

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "remote_id"], name="sandbox_entry_id")]
        indexes = [
            models.Index(fields=["author", "-number"], name="sandbox_entry_of_author"),
            models.Index(fields=["wall", "-number"], name="sandbox_entry_of_wall", condition=~Q(wall=None)),
        ]

    def __str__(self) -> str:
        return f"{self.network} {self.remote_id}"

    @property
    def root_entry(self) -> "Entry":
        return self.root or self

    @property
    def files(self) -> list["Upload"]:
        """What it shows, in order; select `uploads` with many entries."""
        return sorted(self.uploads.all(), key=lambda one: one.place)


class Upload(TenantModel):
    """A file that an account brought. Nobody sees it before an entry shows it, which it does once."""

    network = models.CharField(max_length=20)
    remote_id = models.CharField(max_length=30)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="uploads")
    kind = models.CharField(max_length=10)  # networks.contract.MediaKind
    content_type = models.CharField(max_length=50)  # as told at first, as its bytes say once it is whole
    size = models.PositiveBigIntegerField()
    alt_text = models.TextField(blank=True)
    file = models.CharField(max_length=200, blank=True)  # where the storage keeps it; empty until it is whole
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)  # the network works on it until then
    is_broken = models.BooleanField(default=False)  # and then says that it could make nothing of it
    used_at = models.DateTimeField(null=True)
    entry = models.ForeignKey(Entry, on_delete=models.SET_NULL, null=True, related_name="uploads")
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "remote_id"], name="sandbox_upload_id")]
        indexes = [models.Index(fields=["expires_at"], name="sandbox_upload_unseen", condition=Q(entry=None))]

    def __str__(self) -> str:
        return f"{self.kind} {self.remote_id} on {self.network}"


def visible_in_lists(rows: models.QuerySet[Entry]) -> models.QuerySet[Entry]:
    """Those of `rows` that the network's lists show by now."""
    return rows.filter(Q(listed_from=None) | Q(listed_from__lte=now()))


class Fault(TenantModel):
    """Something that is switched on to go wrong: for one account, or without one for the whole network."""

    network = models.CharField(max_length=20)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="faults")
    kind = models.CharField(max_length=20)  # networks.sandbox.faults
    left = models.PositiveSmallIntegerField(null=True)  # for how many posts; null until it is switched off
    seconds = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "network", "account", "kind"], name="sandbox_fault_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.network}"
