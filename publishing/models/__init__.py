"""Floor 4: what we write."""

from publishing.models.post import Decision, Delivery, Post, Revision, Variant

__all__ = ["Decision", "Delivery", "Post", "Revision", "Variant"]
