"""When posts go out: planned, moved, called off. The outbox's rows change in the same transaction as the post."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from foundation.errors import Conflict, PermissionDenied
from foundation.overtaking import Seen
from foundation.states import move
from networks.actions.outgoing import hold_repeat, reschedule_outgoing
from organizations.actors import Actor
from organizations.auditing import audit
from publishing.access import require_post_access
from publishing.actions.post_outbox import (
    cancel_unsent,
    enqueue_deliveries,
    lock_post,
    lock_post_outgoing,
    ping_post,
    plan_for_audit,
    planned_time_columns,
    refuse_started,
)
from publishing.actions.review import require_sendable
from publishing.models import Post
from publishing.notices import settle_review
from publishing.planning.planned_times import checked_due


@transaction.atomic
def schedule_post(
    actor: Actor, post: Post, *, at: datetime, zone: str = "", wall: datetime | None = None, seen: Seen = None
) -> Post:
    """Puts one row per profile into the outbox, due at `at`; on a scheduled post this is another time.

    `wall` is what was meant by `at` on the clock of `zone`, as if it were UTC.

    Raises Invalid (scheduled_at, text, variants, profiles), PermissionDenied without the right or the approval that
    a profile asks for, Conflict when it has begun to leave.
    """
    post = lock_post(post, seen)
    require_post_access(actor, post, "schedule")
    at = checked_due(at, now())
    if post.state == "scheduled":
        return reschedule_post(actor, post, at, zone, wall)
    post.MACHINE.target(post.state, "schedule")
    if needs_approval_first(post):
        raise PermissionDenied(_("One of its profiles asks for approval first. Send it for approval."))
    require_sendable(post)
    move(post, "schedule", **planned_time_columns(actor, at, zone, wall, post.planned_wall))
    enqueue_deliveries(post, at)
    audit.record(actor, "post.scheduled", post, plan_for_audit(post))
    ping_post(post)
    return post


def publish_now(actor: Actor, post: Post, *, seen: Seen = None) -> Post:
    """Due at once. On a scheduled post the waiting rows come forward; pressed twice it still leaves once."""
    return schedule_post(actor, post, at=now(), seen=seen)


@transaction.atomic
def move_post(
    actor: Actor, post: Post, *, at: datetime, zone: str = "", wall: datetime | None = None, seen: Seen = None
) -> Post:
    """Another planned time. Keeps the approval, for the words are the same. Raises Conflict when it has begun."""
    post = lock_post(post, seen)
    if post.state == "scheduled":
        return schedule_post(actor, post, at=at, zone=zone, wall=wall)
    require_post_access(actor, post, "edit")
    at = checked_due(at, now())
    before = post.planned_at
    move(post, "plan", **planned_time_columns(actor, at, zone or post.planned_zone, wall, post.planned_wall))
    record_move(actor, post, before)
    return post


@transaction.atomic
def cancel_post(actor: Actor, post: Post, *, seen: Seen = None) -> Post:
    """Nothing more of it leaves. What has left stays as it is; raises Conflict when that is all of it."""
    post = lock_post(post, seen)
    require_post_access(actor, post, "cancel")
    rows = lock_post_outgoing(post)
    if rows and not cancel_unsent(rows):
        raise Conflict(_("All of it has left already, so there is nothing to cancel."))
    for row in rows:
        hold_repeat(row)
    before = post.state
    move(post, "cancel")
    settle_review(post)
    left = sum(row.state != "cancelled" for row in rows)
    audit.record(actor, "post.cancelled", post, {"state": [before, post.state], "already left": left})
    ping_post(post)
    return post


def needs_approval_first(post: Post) -> bool:
    """Whether a profile's policy wants an approval that this post does not have."""
    return post.state != "approved" and post.profiles.filter(needs_approval=True).exists()


def reschedule_post(actor: Actor, post: Post, at: datetime, zone: str, wall: datetime | None) -> Post:
    rows = lock_post_outgoing(post)
    refuse_started(rows)
    waiting = [row for row in rows if row.state == "waiting" and row.chain_id is None]
    if not waiting:
        raise Conflict(_("Nothing of it is waiting any more."))
    for row in waiting:
        reschedule_outgoing(row, due_at=at)
    before = post.planned_at
    move(post, "plan", **planned_time_columns(actor, at, zone or post.planned_zone, wall, post.planned_wall))
    record_move(actor, post, before)
    return post


def record_move(actor: Actor, post: Post, before: datetime | None) -> None:
    audit.record(actor, "post.moved", post, {"at": [at and at.isoformat() for at in (before, post.planned_at)]})
    ping_post(post)
