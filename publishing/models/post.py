"""What we write: the post, its frozen revisions, the wording per network, and where each revision goes."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from foundation.overtaking import mark_of
from foundation.texts.search import Parts, Texts
from networks.registry import adapter_class
from organizations.tenancy import TenantModel
from publishing.composing.threads import AttachedFile, Files, VariantWording, Wording, build_wording
from publishing.planning.planned_times import describe_dst_effect
from publishing.states import POST_MACHINE


class Post(TenantModel):
    MACHINE = POST_MACHINE

    author = models.ForeignKey("organizations.Member", on_delete=models.SET_NULL, null=True, related_name="posts")
    state = models.CharField(max_length=20, default="draft")
    form_key = models.UUIDField(null=True, unique=True)  # names the form it came from: sent twice, it is one post
    revision = models.ForeignKey("publishing.Revision", on_delete=models.SET_NULL, null=True, related_name="+")
    profiles = models.ManyToManyField("networks.Profile", related_name="posts")
    planned_at = models.DateTimeField(null=True)  # the instant
    planned_wall = models.DateTimeField(null=True)  # the same as written on the wall clock of planned_zone, kept as UTC
    planned_zone = models.CharField(max_length=64, blank=True)  # IANA
    review_note = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-id"], name="post_newest"),
            models.Index(fields=["organization", "planned_at"], name="post_planned", condition=~Q(planned_at=None)),
        ]

    def __str__(self) -> str:
        return f"post {self.pk}"

    @property
    def newest_revision(self) -> "Revision":
        """`revision`, which a post has from the moment that it is stored."""
        assert self.revision is not None
        return self.revision

    @property
    def oddity(self) -> str:
        """What the clock makes of its planned time, for people; mostly empty."""
        if self.planned_at is None or self.planned_wall is None:
            return ""
        return describe_dst_effect(self.planned_at, self.planned_wall, self.planned_zone)

    @property
    def mark(self) -> str:
        """Of what people decide about it. Where it stands on its way to the networks is the outbox's to say."""
        return mark_of(self.revision_id, self.state, self.planned_at and self.planned_at.timestamp(), self.review_note)


class Revision(TenantModel):
    """Immutable. What was approved is exactly what goes out; an edit makes a new one."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    parts = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), blank=True
    )  # the thread goes on with these texts
    first_comment = models.TextField(blank=True, default="", db_default="")  # beneath it, on networks that have such
    author = models.ForeignKey("organizations.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="revision_once")]
        indexes = [GinIndex(Parts("text", "first_comment", Texts("parts")), name="revision_parts")]

    def __str__(self) -> str:
        return f"revision {self.number} of post {self.post_id}"

    @property
    def title(self) -> str:
        """What it is known by in lists: its words, or that it has none."""
        return self.text if self.text.strip() else _("Without text")

    def wordings(self) -> dict[str, VariantWording]:
        """The variants, by network. Prefetch `variants` when there are many."""
        return {variant.network: variant.wording for variant in self.variants.all()}

    def files(self) -> tuple[Files, ...]:
        """What goes with each of the texts; empty where nothing does. Prefetch `attachments` and their assets."""
        found: list[list[AttachedFile]] = [[] for _ in range(1 + len(self.parts))]
        attachments = list(self.attachments.all())
        for attachment in attachments:
            found[attachment.part - 1].append(attachment.asset.attached(attachment.alt_text))
        return tuple(tuple(part) for part in found) if attachments else ()

    def wording_on(self, network: str) -> Wording:
        """What goes to `network`."""
        capabilities = adapter_class(network).capabilities
        own = self.wordings().get(network)
        return build_wording(self.text, self.parts, own, self.first_comment, capabilities, self.files())

    def wording(self, network: str) -> str:
        """What goes to `network` first."""
        return self.wording_on(network).texts[0]


class Variant(TenantModel):
    """Immutable, like its revision. Stands only where a network's wording differs from the revision's text."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="variants")
    network = models.CharField(max_length=20)
    text = models.TextField()
    parts = models.JSONField(null=True, blank=True)  # threads.Own: null where nobody said what becomes of the others

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "network"], name="variant_once")]
        indexes = [GinIndex(Parts("text", Texts("parts")), name="variant_parts")]

    def __str__(self) -> str:
        return f"{self.network} wording of revision {self.revision_id}"

    @property
    def wording(self) -> VariantWording:
        return VariantWording(self.text, None if self.parts is None else tuple(self.parts))


class Delivery(TenantModel):
    """One revision of one post going to one profile. What happened to it stands on its row of the outbox."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="deliveries")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    profile = models.ForeignKey("networks.Profile", on_delete=models.CASCADE, related_name="deliveries")
    outgoing = models.OneToOneField("networks.Outgoing", on_delete=models.CASCADE, related_name="delivery")
    # who asked last that what is there of it be taken away
    deletion_asked_by = models.ForeignKey(
        "organizations.Member",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "profile"], name="delivery_once")]
        indexes = [models.Index(fields=["organization", "-id"], name="delivery_newest")]

    def __str__(self) -> str:
        return f"post {self.post_id} to profile {self.profile_id}"


class Decision(TenantModel):
    """What a reviewer said of one revision."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="decisions")
    member = models.ForeignKey("organizations.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    approved = models.BooleanField()
    note = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{'approved' if self.approved else 'sent back'} by {self.member_id}"
