"""Deleting a draft, and bringing it back as it was while the button for that stands there (organizations/undo.py)."""

import json
from datetime import datetime

from django.core import serializers
from django.db import IntegrityError, connection, models, transaction
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from foundation.errors import Conflict
from foundation.overtaking import Seen
from foundation.texts.text_comparison import clip_to_line
from organizations.actors import Actor
from organizations.auditing import audit
from publishing.access import require_post_access
from publishing.actions.content import content_of
from publishing.actions.post_outbox import lock_post, ping_post
from publishing.models import Delivery, Post
from publishing.notices import settle_review


@transaction.atomic
def delete_post(actor: Actor, post: Post, *, seen: Seen = None) -> str:
    """Removes a draft that was never to leave; returns all of it, for `bring_back_post`.

    Raises Conflict for everything else: that is cancelled instead.
    """
    post = lock_post(post, seen)
    require_post_access(actor, post, "edit")
    if post.state != "draft" or Delivery.objects.filter(post=post).exists():
        raise Conflict(_("Only a draft that was never scheduled can be deleted. Cancel it instead."))
    audit.record(actor, "post.deleted", post, {"text": [clip_to_line(content_of(post).text), None]})
    settle_review(post)
    ping_post(post)
    kept = json.dumps(serializers.serialize("python", rows_of_draft(post)), default=datetime.isoformat)
    post.delete()
    return kept


@transaction.atomic
def undelete_post(actor: Actor, kept: str) -> Post:
    """The draft that `delete_post` gave `kept` for, under its old number, with every version and decision.

    `kept` must be ours: the caller has it signed. Raises PermissionDenied where the actor may not write it any more,
    and Conflict where it is there already, or what it needs (a profile, a file) has gone meanwhile.
    """
    found = list(serializers.deserialize("python", json.loads(kept)))
    try:
        with transaction.atomic():
            for one in found:
                one.save(force_insert=True)
            connection.check_constraints()  # now, and not when it is too late for words
    except IntegrityError:
        raise Conflict(_("It cannot be brought back: it is there already, or what belongs to it has gone.")) from None
    post = lock_post(next(one.object for one in found if isinstance(one.object, Post)))
    require_post_access(actor, post, "edit")
    audit.record(actor, "post.brought_back", post, {"text": [None, clip_to_line(content_of(post).text)]})
    ping_post(post)
    return post


def rows_of_draft(post: Post) -> list[models.Model]:
    """The draft and all that goes with it; where it would go (`profiles`) stands on the draft itself."""
    collector = Collector(using=post._state.db or "default", origin=post)
    collector.collect([post])
    found = [*collector.data.values(), *collector.fast_deletes]
    return [row for rows in found for row in rows if not row._meta.auto_created]
