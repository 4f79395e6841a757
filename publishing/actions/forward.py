"""Writing and what should happen next, in one transaction: what a composer's button or one REST call does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now

from foundation.overtaking import Seen
from organizations.actors import Actor
from organizations.models import Member
from publishing.access import require, rights_on
from publishing.actions.compose import create_post, edit_post, unplan_post
from publishing.actions.review import submit_post
from publishing.actions.rows import locked
from publishing.actions.schedule import asks_approval, move_post, publish_now, schedule_post
from publishing.composing.threads import Own
from publishing.models import Post


@dataclass(frozen=True, slots=True)
class Wish:
    """What the writer wants: at a time, or now, or at no time, or to be approved, or (nothing set) just kept."""

    at: datetime | None = None
    zone: str = ""
    now: bool = False
    submit: bool = False
    unplan: bool = False
    wall: datetime | None = None  # what was meant by `at` on the clock of `zone`, as if it were UTC


KEEP = Wish()


@transaction.atomic
def write_post(
    actor: Member,
    *,
    text: str,
    profiles: Iterable[int],
    variants: Mapping[str, Own | str] | None = None,
    thread: Sequence[str] = (),
    first_comment: str = "",
    media: Sequence[int] = (),
    thread_media: Sequence[Sequence[int]] = (),
    alt_texts: Mapping[int, str] | None = None,
    wish: Wish = KEEP,
    unfinished: bool = False,
    form_key: UUID | None = None,
) -> Post:
    """A new post that takes its next step at once: scheduled where the actor may, otherwise in review."""
    post = create_post(
        actor,
        text=text,
        profiles=profiles,
        variants=variants,
        thread=thread,
        first_comment=first_comment,
        media=media,
        thread_media=thread_media,
        alt_texts=alt_texts,
        planned_at=wish.at,
        planned_zone=wish.zone,
        planned_wall=wish.wall,
        unfinished=unfinished,
        form_key=form_key,
    )
    return put_forward(actor, post, wish)


@transaction.atomic
def rewrite_post(
    actor: Actor,
    post: Post,
    *,
    text: str | None = None,
    profiles: Iterable[int] | None = None,
    variants: Mapping[str, Own | str] | None = None,
    thread: Sequence[str] | None = None,
    first_comment: str | None = None,
    media: Sequence[int] | None = None,
    thread_media: Sequence[Sequence[int]] | None = None,
    alt_texts: Mapping[int, str] | None = None,
    wish: Wish = KEEP,
    seen: Seen = None,
) -> Post:
    """Edits a post and brings it as far again as it was: scheduled where the actor may, otherwise in review."""
    before = locked(post, seen)
    require(actor, before, "edit")
    words: dict[str, Any] = {
        "text": text,
        "profiles": profiles,
        "variants": variants,
        "thread": thread,
        "first_comment": first_comment,
        "media": media,
        "thread_media": thread_media,
        "alt_texts": alt_texts,
    }
    if any(value is not None for value in words.values()):
        post = edit_post(actor, post, **words)
    if post.revision_id != before.revision_id:
        wish = as_far_as(actor, post, before, wish)
    if wish.unplan:
        post = unplan_post(actor, post)
    return put_forward(actor, post, wish)


def as_far_as(actor: Actor, post: Post, before: Post, wish: Wish) -> Wish:
    """A post that had left `draft` does not fall back in silence."""
    if wish != KEEP or before.state == "draft":
        return wish
    if before.planned_at and before.planned_at > now():
        return replace(wish, at=before.planned_at, zone=before.planned_zone)
    return replace(wish, submit=before.state != "scheduled" or not may_go(actor, post))


def put_forward(actor: Actor, post: Post, wish: Wish) -> Post:
    if wish.at is None and not wish.now:
        return submit_post(actor, post) if wish.submit and post.state == "draft" else post
    if post.state in ("draft", "approved", "scheduled") and may_go(actor, post):
        if wish.now or wish.at is None:
            return publish_now(actor, post)
        return schedule_post(actor, post, at=wish.at, zone=wish.zone, wall=wish.wall)
    if wish.at is not None and wish.at != post.planned_at:
        post = move_post(actor, post, at=wish.at, zone=wish.zone, wall=wish.wall)
    return submit_post(actor, post) if post.state == "draft" else post


def may_go(actor: Actor, post: Post) -> bool:
    """Whether the actor may send it out without asking anybody."""
    return "publish" in rights_on(actor, post) and (post.state == "scheduled" or not asks_approval(post))
