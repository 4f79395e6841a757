"""Freezing what stands in a post: a revision with its wordings and files."""

from organizations.actors import Actor
from organizations.models import Member
from publishing.actions.content import Content
from publishing.actions.placing import keep_files
from publishing.actions.rows import profiles_reached
from publishing.models import Post, Revision, Variant


def revise(actor: Actor, post: Post, content: Content) -> None:
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
    keep_files(revision, content.files)
    kept = set(profiles_reached(post))
    post.profiles.set(content.ids | kept)
    post.revision = revision
    post.save(update_fields=["revision"])
