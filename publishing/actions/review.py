"""Approval. A decision is bound to the revision that was read; nobody decides on their own words."""

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from organizations import audit
from organizations.actors import Actor
from organizations.models import Member
from publishing.access import require, rights_on
from publishing.actions.content import content_of, network_problems
from publishing.actions.rows import enqueue, locked, plan_of, standing, tell
from publishing.limits import unreadable
from publishing.models import Decision, Post
from publishing.notices import settle_review, tell_asked, tell_decided
from socialops.lib.errors import Conflict, Invalid
from socialops.lib.states import move

LONGEST_NOTE = 1000


@transaction.atomic
def submit_post(actor: Actor, post: Post) -> Post:
    """Asks for approval of what stands now. Raises Invalid when a network would not take it, PermissionDenied."""
    post = locked(post)
    require(actor, post, "submit")
    require_sendable(post)
    before = post.state
    move(post, "submit", review_note="")
    audit.record(actor, "post.submitted", post, {"state": [before, post.state], "revision": standing(post).number})
    settle_review(post)
    tell_asked(actor, post)
    tell(post)
    return post


@transaction.atomic
def approve_post(actor: Actor, post: Post, *, revision: int | None = None, note: str = "") -> Post:
    """It may go out. With a planned time still to come, and the right to publish, it is scheduled at once.

    `revision` is the number that the reader saw; raises Conflict when another one stands now.
    """
    post = locked(post)
    decide(actor, post, revision, note, approved=True)
    move(post, "approve")
    audit.record(actor, "post.approved", post, {"revision": standing(post).number})
    if post.planned_at and goes_by_itself(post, rights_on(actor, post)):
        move(post, "schedule")
        enqueue(post, post.planned_at)
        audit.record(actor, "post.scheduled", post, plan_of(post))
    tell_decided(actor, post, approved=True, note=note)
    tell(post)
    return post


def goes_by_itself(post: Post, verbs: frozenset[str]) -> bool:
    """Whether an approval schedules it too: its time is still to come, and whoever approves may publish."""
    return post.planned_at is not None and post.planned_at > now() and "publish" in verbs


@transaction.atomic
def reject_post(actor: Actor, post: Post, *, revision: int | None = None, note: str = "") -> Post:
    """Sends it back to its writer, with `note`."""
    post = locked(post)
    decide(actor, post, revision, note, approved=False)
    move(post, "reject", review_note=note)
    audit.record(actor, "post.sent_back", post, {"revision": standing(post).number, "note": note})
    tell_decided(actor, post, approved=False, note=note)
    tell(post)
    return post


def decide(actor: Actor, post: Post, revision: int | None, note: str, *, approved: bool) -> None:
    require(actor, post, "approve")
    if len(note) > LONGEST_NOTE or unreadable(note):
        raise Invalid({"note": [_("Write at most %d characters.") % LONGEST_NOTE]})
    if revision is not None and revision != standing(post).number:
        raise Conflict(_("It was changed after you opened it. Read it again before you decide."))
    Decision.objects.create(
        revision=standing(post), member=actor if isinstance(actor, Member) else None, approved=approved, note=note
    )


def require_sendable(post: Post) -> None:
    """Raises Invalid when a network would not take what stands now."""
    content = content_of(post)
    problems = network_problems(content)
    if not content.profiles:
        problems["profiles"] = [_("Choose at least one profile.")]
    if problems:
        raise Invalid(problems)
