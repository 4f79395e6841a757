"""Posts as what a task can be about."""

from collections.abc import Collection

from django.urls import reverse
from django.utils.translation import gettext as _

from organizations.actors import Actor
from publishing.access import posts_for
from socialops.lib.text import clipped
from teams.about import About


def find_posts(actor: Actor, pks: Collection[int]) -> dict[int, About]:
    """Those of `pks` that `actor` may see, in one query."""
    rows = posts_for(actor).filter(pk__in=pks).select_related("revision", "organization")
    return {
        post.pk: About(
            kind="post",
            pk=post.pk,
            label=clipped(post.revision.text, 80) if post.revision and post.revision.text.strip() else _("Post"),
            url=reverse("publishing:post", args=[post.organization.slug, post.pk]),
            icon="list",
        )
        for post in rows
    }
