"""Posts by their words: as what a task can be about, and wherever the audit log names them."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from foundation.texts.text_comparison import clip_to_line
from organizations.actors import Actor
from organizations.auditing.subject_names import Subject
from publishing.access import deliveries_for, posts_for
from publishing.models import Delivery, Post, Revision


def find_posts(actor: Actor, pks: Collection[int]) -> dict[int, Subject]:
    """Those of `pks` that `actor` may see, in one query."""
    rows = posts_for(actor).filter(pk__in=pks).select_related("revision", "organization")
    return {post.pk: build_post_about(post, post.revision) for post in rows}


def find_deliveries(actor: Actor, pks: Collection[int]) -> dict[int, Subject]:
    """Of deliveries the post, in the words that went out."""
    return {one.pk: build_post_about(one.post, one.revision) for one in visible_deliveries(actor).filter(pk__in=pks)}


def find_outgoing(actor: Actor, pks: Collection[int]) -> dict[int, Subject]:
    """Of rows of the outbox the post, where they are of one."""
    rows = visible_deliveries(actor).filter(outgoing__in=pks)
    return {one.outgoing_id: build_post_about(one.post, one.revision) for one in rows}


def visible_deliveries(actor: Actor) -> QuerySet[Delivery]:
    return deliveries_for(actor).select_related("post__organization", "revision")


def build_post_about(post: Post, revision: Revision | None) -> Subject:
    return Subject(
        kind="post",
        pk=post.pk,
        label=clip_to_line(revision.title, 80) if revision else _("Post"),
        url=reverse("publishing:post", args=[post.organization.slug, post.pk]),
        icon="list",
    )
