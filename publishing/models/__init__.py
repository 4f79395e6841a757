"""Floor 4: what we write."""

from publishing.models.asset import Asset, Attachment
from publishing.models.post import Decision, Delivery, Post, Revision, Variant

__all__ = ["Asset", "Attachment", "Decision", "Delivery", "Post", "Revision", "Variant"]
