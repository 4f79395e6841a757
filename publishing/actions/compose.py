"""Writing posts. Every change of the words or the profiles makes a new revision, and approval starts again."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from foundation.errors import Conflict
from foundation.overtaking import Seen
from foundation.states import move
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.models import Member
from publishing.access import require_post_access
from publishing.actions.attachments import update_alt_texts
from publishing.actions.content import Content, checked_content, content_of
from publishing.actions.post_outbox import lock_post, ping_post, planned_time_columns, withdraw_from_outbox
from publishing.actions.revisions import create_revision
from publishing.composing.post_input import NOTHING_GIVEN, PostInput
from publishing.models import Post
from publishing.notices import settle_review
from publishing.planning.planned_times import checked_due


@transaction.atomic
def create_post(
    actor: Member,
    given: PostInput,
    *,
    planned_at: datetime | None = None,
    planned_zone: str = "",
    planned_wall: datetime | None = None,
    unfinished: bool = False,
    form_key: UUID | None = None,
) -> Post:
    """A new draft. Raises Invalid (what `checked_content` names, scheduled_at, time_zone), PermissionDenied.

    Raises Conflict when the form named by `form_key` has made a post already.
    """
    content = checked_content(actor, given, unfinished=unfinished)
    at = checked_due(planned_at, now()) if planned_at else None
    plan = planned_time_columns(actor, at, planned_zone, planned_wall)
    try:
        with transaction.atomic():
            post = Post.objects.create(author=actor, form_key=form_key, **plan)
    except IntegrityError:
        raise Conflict(_("This was saved already.")) from None
    create_revision(actor, post, content)
    update_alt_texts(actor, content.files, given.alt_texts or {})
    audit.record(actor, "post.created", post, {"profiles": content.names})
    ping_post(post)
    return post


@transaction.atomic
def edit_post(
    actor: Actor,
    post: Post,
    given: PostInput,
    *,
    unfinished: bool = False,
    restart: bool = False,
    seen: Seen = None,
) -> Post:
    """A new revision, as a draft; what waited to leave is taken back in the same transaction.

    Nothing happens when nothing changes, unless `restart`. Never touches what has left; raises Conflict while
    a part is leaving, or when nothing is left to leave. Raises Invalid, PermissionDenied, Overtaken.
    """
    post = lock_post(post, seen)
    require_post_access(actor, post, "edit")
    before = content_of(post)
    content = checked_content(actor, given, before=before, unfinished=unfinished)
    if content == before and not restart:
        return post
    withdraw_from_outbox(post)
    state = post.state
    move(post, "edit", review_note="")
    settle_review(post)
    create_revision(actor, post, content)
    update_alt_texts(actor, content.files, given.alt_texts or {})
    audit.record(actor, "post.edited", post, content_changes(before, content) | {"state": [state, post.state]})
    ping_post(post)
    return post


@transaction.atomic
def withdraw_post(actor: Actor, post: Post, *, seen: Seen = None) -> Post:
    """Back to draft, whether it waited for approval or for its time. Raises Conflict when a part is leaving."""
    return edit_post(actor, post, NOTHING_GIVEN, unfinished=True, restart=True, seen=seen)


@transaction.atomic
def unplan_post(actor: Actor, post: Post, *, seen: Seen = None) -> Post:
    """No planned time any more; what waited for it is a draft again. Raises as above."""
    post = lock_post(post, seen)
    require_post_access(actor, post, "edit")
    if post.state == "scheduled":
        post = withdraw_post(actor, post)
    if post.planned_at:
        before = post.planned_at.isoformat()
        move(post, "plan", **planned_time_columns(actor, None, ""))
        audit.record(actor, "post.unplanned", post, {"at": [before, None]})
        ping_post(post)
    return post


def content_changes(before: Content, after: Content) -> dict[str, object]:
    """For the audit log: what changed, without repeating the words, which stand in the revisions."""
    found: dict[str, object] = {}
    if before.ids != after.ids:
        found["profiles"] = [before.names, after.names]
    if before.text != after.text:
        found["text"] = "changed"
    if before.thread != after.thread:
        found["thread"] = [len(before.thread), len(after.thread)]
    if before.comment != after.comment:
        found["first comment"] = "changed"
    if before.files != after.files:
        found["files"] = [sum(map(len, content.files)) for content in (before, after)]
    if before.variants != after.variants:
        found["variants"] = sorted(set(before.variants) | set(after.variants))
    return found
