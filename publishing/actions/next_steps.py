"""Writing and what should happen next, in one transaction: what a composer's button or one REST call does."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now

from foundation.overtaking import Seen
from organizations.actors import Actor
from organizations.models import Member
from publishing.access import require_post_access, verbs_on_post
from publishing.actions.compose import create_post, edit_post, unplan_post
from publishing.actions.post_outbox import lock_post
from publishing.actions.review import submit_post
from publishing.actions.schedule import move_post, needs_approval_first, publish_now, schedule_post
from publishing.composing.post_input import NOTHING_GIVEN, PostInput
from publishing.models import Post


@dataclass(frozen=True, slots=True)
class PublishIntent:
    """What the writer wants: at a time, or now, or at no time, or to be approved, or (nothing set) just kept."""

    at: datetime | None = None
    zone: str = ""
    now: bool = False
    submit: bool = False
    unplan: bool = False
    wall: datetime | None = None  # what was meant by `at` on the clock of `zone`, as if it were UTC


NO_INTENT = PublishIntent()


@transaction.atomic
def write_post(
    actor: Member,
    given: PostInput,
    *,
    intent: PublishIntent = NO_INTENT,
    unfinished: bool = False,
    form_key: UUID | None = None,
) -> Post:
    """A new post that takes its next step at once: scheduled where the actor may, otherwise in review."""
    post = create_post(
        actor,
        given,
        planned_at=intent.at,
        planned_zone=intent.zone,
        planned_wall=intent.wall,
        unfinished=unfinished,
        form_key=form_key,
    )
    return advance_post(actor, post, intent)


@transaction.atomic
def rewrite_post(
    actor: Actor, post: Post, given: PostInput, *, intent: PublishIntent = NO_INTENT, seen: Seen = None
) -> Post:
    """Edits a post and brings it as far again as it was: scheduled where the actor may, otherwise in review."""
    before = lock_post(post, seen)
    require_post_access(actor, before, "edit")
    if given != NOTHING_GIVEN:
        post = edit_post(actor, post, given)
    if post.revision_id != before.revision_id:
        intent = resume_intent(actor, post, before, intent)
    if intent.unplan:
        post = unplan_post(actor, post)
    return advance_post(actor, post, intent)


def resume_intent(actor: Actor, post: Post, before: Post, intent: PublishIntent) -> PublishIntent:
    """A post that had left `draft` does not fall back in silence."""
    if intent != NO_INTENT or before.state == "draft":
        return intent
    if before.planned_at and before.planned_at > now():
        return replace(intent, at=before.planned_at, zone=before.planned_zone)
    return replace(intent, submit=before.state != "scheduled" or not may_publish_directly(actor, post))


def advance_post(actor: Actor, post: Post, intent: PublishIntent) -> Post:
    if intent.at is None and not intent.now:
        return submit_post(actor, post) if intent.submit and post.state == "draft" else post
    if post.state in ("draft", "approved", "scheduled") and may_publish_directly(actor, post):
        if intent.now or intent.at is None:
            return publish_now(actor, post)
        return schedule_post(actor, post, at=intent.at, zone=intent.zone, wall=intent.wall)
    if intent.at is not None and intent.at != post.planned_at:
        post = move_post(actor, post, at=intent.at, zone=intent.zone, wall=intent.wall)
    return submit_post(actor, post) if post.state == "draft" else post


def may_publish_directly(actor: Actor, post: Post) -> bool:
    """Whether the actor may send it out without asking anybody."""
    return "publish" in verbs_on_post(actor, post) and (post.state == "scheduled" or not needs_approval_first(post))
