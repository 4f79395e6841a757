"""Approval. A decision is bound to the revision that was read; nobody decides on their own words."""

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from foundation.errors import Conflict, Invalid
from foundation.overtaking import Seen
from foundation.states import move
from foundation.texts.written_text import checked_note
from organizations.actors import Actor, System
from organizations.auditing import audit
from organizations.models import Member
from publishing.access import require_post_access, verbs_on_post
from publishing.actions.content import content_of, network_problems
from publishing.actions.post_outbox import (
    enqueue_deliveries,
    lock_post,
    ping_post,
    plan_for_audit,
    withdraw_from_outbox,
)
from publishing.actions.revisions import create_revision
from publishing.models import Decision, Post
from publishing.notices import notify_approval_asked, notify_decided, settle_decided, settle_review

LONGEST_NOTE = 1000


@transaction.atomic
def submit_post(actor: Actor, post: Post, *, seen: Seen = None) -> Post:
    """Asks for approval of what stands now. Raises Invalid when a network would not take it, PermissionDenied."""
    post = lock_post(post, seen)
    require_post_access(actor, post, "submit")
    require_sendable(post)
    before = post.state
    move(post, "submit", review_note="")
    audit.record(
        actor, "post.submitted", post, {"state": [before, post.state], "revision": post.newest_revision.number}
    )
    settle_review(post)
    notify_approval_asked(actor, post)
    ping_post(post)
    return post


@transaction.atomic
def approve_post(actor: Actor, post: Post, *, revision: int | None = None, note: str = "", seen: Seen = None) -> Post:
    """It may go out. With a planned time still to come, and the right to publish, it is scheduled at once.

    `revision` is the number that the reader saw; raises Conflict when another one stands now.
    """
    post = lock_post(post, seen)
    note = record_decision(actor, post, revision, note, approved=True)
    move(post, "approve")
    audit.record(actor, "post.approved", post, {"revision": post.newest_revision.number})
    if post.planned_at and is_scheduled_by_approval(post, verbs_on_post(actor, post)):
        move(post, "schedule")
        enqueue_deliveries(post, post.planned_at)
        audit.record(actor, "post.scheduled", post, plan_for_audit(post))
    notify_decided(actor, post, approved=True, note=note)
    ping_post(post)
    return post


@transaction.atomic
def unapprove_post(actor: Member, post: Post, *, seen: Seen = None) -> Post:
    """The actor's own approval did not happen: it waits for a decision again, and nothing of it leaves before one.

    Raises PermissionDenied, and Conflict when the approval is another's, is not the last word, or a part has begun to
    leave.
    """
    post = lock_post(post, seen)
    require_post_access(actor, post, "approve")
    last = Decision.objects.filter(revision=post.newest_revision).order_by("pk").last()
    if post.state not in ("approved", "scheduled") or last is None or not last.approved:
        raise Conflict(_("It is not approved any more."))
    if last.member_id != actor.pk:
        raise Conflict(_("Somebody else approved it: only they can take that back."))
    withdraw_from_outbox(post)
    before = post.state
    move(post, "unapprove")
    last.delete()
    if before == "scheduled":
        repeat_revision(post)
    audit.record(actor, "post.approval_taken_back", post, {"state": [before, post.state]})
    settle_decided(post)
    notify_approval_asked(post.author or actor, post)
    ping_post(post)
    return post


def repeat_revision(post: Post) -> None:
    """The same words under another number: what was taken back from the outbox keeps the key of the old one."""
    content, writer = content_of(post), post.newest_revision.author
    create_revision(writer or System("review"), post, content)


def is_scheduled_by_approval(post: Post, verbs: frozenset[str]) -> bool:
    """Whether an approval schedules it too: its time is still to come, and whoever approves may publish."""
    return post.planned_at is not None and post.planned_at > now() and "publish" in verbs


@transaction.atomic
def reject_post(actor: Actor, post: Post, *, revision: int | None = None, note: str = "", seen: Seen = None) -> Post:
    """Sends it back to its writer, with `note`: the reason. Raises Invalid (note) where there is none."""
    post = lock_post(post, seen)
    note = record_decision(actor, post, revision, note, approved=False)
    move(post, "reject", review_note=note)
    audit.record(actor, "post.sent_back", post, {"revision": post.newest_revision.number, "note": note})
    notify_decided(actor, post, approved=False, note=note)
    ping_post(post)
    return post


def record_decision(actor: Actor, post: Post, revision: int | None, note: str, *, approved: bool) -> str:
    """The note as it is kept."""
    require_post_access(actor, post, "approve")
    note = checked_note(note, LONGEST_NOTE)
    if not approved and not note:
        raise Invalid({"note": [_("Say why: its writer reads the reason beside the post.")]})
    if revision is not None and revision != post.newest_revision.number:
        raise Conflict(_("It was changed after you opened it. Read it again before you decide."))
    Decision.objects.create(
        revision=post.newest_revision, member=actor if isinstance(actor, Member) else None, approved=approved, note=note
    )
    return note


def require_sendable(post: Post) -> None:
    """Raises Invalid when a network would not take what stands now."""
    content = content_of(post)
    problems = network_problems(content)
    if not content.profiles:
        problems["profiles"] = [_("Choose at least one profile.")]
    if problems:
        raise Invalid(problems)
