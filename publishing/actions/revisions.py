"""Freezing what stands in a post: a revision with its wordings and files."""

from organizations.actors import Actor
from organizations.models import Member
from publishing.actions.attachments import store_attachments
from publishing.actions.content import Content
from publishing.actions.post_outbox import reached_profile_ids
from publishing.models import Post, Revision, Variant


def create_revision(actor: Actor, post: Post, content: Content) -> None:
    author = actor if isinstance(actor, Member) else None
    number = Revision.objects.filter(post=post).count() + 1
    revision = Revision.objects.create(
        post=post,
        number=number,
        text=content.text,
        parts=list(content.thread),
        first_comment=content.comment,
        author=author,
    )
    Variant.objects.bulk_create(
        Variant(
            organization_id=post.organization_id,
            revision=revision,
            network=network,
            text=own.text,
            parts=None if own.parts is None else list(own.parts),
        )
        for network, own in content.variants.items()
    )
    store_attachments(revision, content.files)
    kept = set(reached_profile_ids(post))
    post.profiles.set(content.ids | kept)
    post.revision = revision
    post.save(update_fields=["revision"])
