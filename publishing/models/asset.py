"""Files of ours: kept once, and placed beneath the texts of revisions."""

import secrets
from typing import Any

from django.db import models

from foundation.overtaking import mark_of
from networks.contract import Media, MediaKind
from organizations.tenancy import TenantModel
from publishing.composing.threads import AttachedFile, Original
from publishing.limits import LONGEST_ALT_TEXT

SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
}
ORIGINAL_SUFFIXES = {"image/heic": "heic", "image/avif": "avif"}  # and is kept beside what was made of it


def name_of(asset: "Asset", given: str) -> str:
    return new_storage_name(asset.organization_id, asset.content_type)


def new_storage_name(organization_id: int, content_type: str, folder: str = "assets") -> str:
    """Where a file is kept: nothing of the name that it came with, and nothing that could be guessed."""
    suffix = (SUFFIXES | ORIGINAL_SUFFIXES)[content_type]
    return f"{folder}/{organization_id}/{secrets.token_hex(16)}.{suffix}"


class Asset(TenantModel):
    """What the file is stands here as its own bytes told it; both never change. `alt_text` is for posts to come.

    `original` is threads.Original, `renditions` a list of contract.Media: none of them is ever made anew, for drafts
    that wait or have left name them.
    """

    file = models.FileField(upload_to=name_of, max_length=200)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in MediaKind])
    content_type = models.CharField(max_length=40)
    width = models.PositiveIntegerField()  # as it is shown
    height = models.PositiveIntegerField()
    seconds = models.FloatField(null=True)
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    alt_text = models.CharField(max_length=LONGEST_ALT_TEXT, blank=True)
    author = models.ForeignKey("organizations.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    original = models.JSONField(null=True)
    renditions = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    bytes_beside = models.BigIntegerField(default=0, db_default=0)  # of its renditions, and of an original of its own
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="asset_oldest"),
            models.Index(fields=["organization"], include=["bytes", "bytes_beside"], name="asset_kept"),  # how much
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def mark(self) -> str:
        return mark_of(self.alt_text)

    def attached(self, alt_text: str) -> AttachedFile:
        """As it would go with a text."""
        facts: dict[str, Any] = {
            name: getattr(self, name) for name in ("content_type", "sha256", "width", "height", "seconds")
        }
        media = Media(name=str(self.file.name), kind=MediaKind(self.kind), size=self.bytes, alt_text=alt_text, **facts)
        return AttachedFile(self.pk, media, tuple(map(Media.from_json, self.renditions)), self.came_as)

    @property
    def came_as(self) -> Original | None:
        return Original(**self.original) if self.original else None

    @property
    def file_names(self) -> set[str]:
        """All that our storage keeps of it."""
        beside = {self.original["file"]} if self.original else set()
        return {str(self.file.name), *(one["name"] for one in self.renditions), *beside}


class Attachment(TenantModel):
    """Immutable, like its revision: an asset that goes with one of its texts."""

    revision = models.ForeignKey("publishing.Revision", on_delete=models.CASCADE, related_name="attachments")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="attachments")
    part = models.PositiveSmallIntegerField()  # 1 is the first text
    place = models.PositiveSmallIntegerField()  # among the files of that text, from 1
    alt_text = models.CharField(max_length=LONGEST_ALT_TEXT, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "part", "place"], name="attachment_once")]
        ordering = ["part", "place"]

    def __str__(self) -> str:
        return f"asset {self.asset_id} with part {self.part} of revision {self.revision_id}"
