"""What the actions on a post share: its lock, its rows in the outbox, and telling those who look at it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from foundation.database.lookups import get_or_not_found
from foundation.errors import Conflict
from foundation.overtaking import Seen, refuse_overtaken
from foundation.processes import realtime
from networks.actions.outgoing import cancel_outgoing, enqueue_chain
from networks.contract import Draft, DraftKind
from networks.models import Outgoing, Profile
from organizations.actors import Actor
from organizations.models import Member
from publishing.models import Delivery, Post, Revision
from publishing.planning.planned_times import parse_time_zone, typed_wall_time
from publishing.queries.former_revisions import former_revisions
from publishing.states import CANCELLABLE_STATES, STARTED_STATES


def lock_post(post: Post, seen: Seen = None) -> Post:
    """The post as it stands now; until the transaction ends nobody else changes it. Always the first lock taken.

    Raises NotFound, and Overtaken when it is no longer as it was `seen`.
    """
    rows = Post.objects.select_related("author", "revision").select_for_update(of=("self",))
    fresh = get_or_not_found(rows, post.pk)
    refuse_overtaken(fresh.mark, seen)
    return fresh


def lock_post_outgoing(post: Post) -> list[Outgoing]:
    """The post's rows in the outbox that still mean something, parts of threads too. The sender waits for this lock."""
    first = list(Delivery.objects.filter(post=post).values_list("outgoing_id", flat=True))
    return [row for row in lock_thread_parts(first) if row.state != "cancelled"]


def lock_thread_parts(first_ids: Iterable[int]) -> list[Outgoing]:
    """These rows and all that follow them, in the order in which everybody locks them. Index outgoing_chain."""
    ids = list(first_ids)
    rows = Outgoing.objects.filter(Q(pk__in=ids) | Q(chain__in=ids)).select_related("profile")
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def refuse_started(rows: Iterable[Outgoing], states: frozenset[str] = STARTED_STATES) -> None:
    if any(row.state in states for row in rows):
        raise Conflict(_("It has begun to leave a moment ago, so this is no longer possible."))


def refuse_partly_sent(rows: Iterable[Outgoing]) -> None:
    """What has left of a thread cannot be changed, nor go on with other words."""
    rows = list(rows)
    begun = {row.chain_id or row.pk for row in rows if row.state == "sent"}
    if any(row.state in CANCELLABLE_STATES and row.chain_id in begun for row in rows):
        raise Conflict(_("A part of it has left. Let the rest follow, or cancel the rest, and then change it."))


def withdraw_from_outbox(post: Post) -> None:
    rows = lock_post_outgoing(post)
    refuse_started(rows, frozenset({"sending", "unknown"}))
    refuse_partly_sent(rows)
    if rows and all(row.state == "sent" for row in rows):
        raise Conflict(_("It has left for every profile and cannot be changed any more. Write a new post."))
    cancel_unsent(rows)


def cancel_unsent(rows: Iterable[Outgoing]) -> int:
    """Cancels what has not left, the last part of a thread first; how many that were."""
    stoppable = [row for row in rows if row.state in CANCELLABLE_STATES]
    for row in reversed(stoppable):
        cancel_outgoing(row)
    return len(stoppable)


def enqueue_deliveries(post: Post, at: datetime) -> None:
    """One delivery and one row of the outbox for each profile that does not have the post yet."""
    revision = post.newest_revision
    former = former_revisions(revision)
    written_at = min(one.created_at for one in (revision, *former))
    for profile in Profile.objects.filter(posts=post).exclude(pk__in=reached_profile_ids(post)).order_by("pk"):
        drafts, *earlier = (build_drafts(one, profile.network) for one in (revision, *former))
        key = f"delivery:{revision.pk}:{profile.pk}"
        row = enqueue_chain(profile, drafts, key=key, due_at=at, written_at=written_at, former=earlier)
        Delivery.objects.create(post=post, revision=revision, profile=profile, outgoing=row)


def build_drafts(revision: Revision, network: str) -> list[Draft]:
    return [
        Draft(kind=DraftKind.POST, text=text, media=tuple(one.media for one in files))
        for text, files in revision.wording_on(network).all_with_files
    ]


def reached_profile_ids(post: Post) -> list[int]:
    return list(Delivery.objects.filter(post=post, outgoing__state="sent").values_list("profile_id", flat=True))


def plan_for_audit(post: Post) -> dict[str, Any]:
    """For the audit log: when it leaves, and for which profiles."""
    at = post.planned_at and post.planned_at.isoformat()
    return {"at": at, "profiles": [None, [str(profile) for profile in post.profiles.order_by("pk")]]}


def planned_time_columns(actor: Actor, at: datetime | None, zone: str, *walls: datetime | None) -> dict[str, Any]:
    """The three columns of a planned time; the zone is the actor's own unless named.

    The wall time is the first of `walls` that leads to `at`: what was meant stays, also where the clock skips it.
    """
    if at is None:
        return {"planned_at": None, "planned_wall": None, "planned_zone": ""}
    name = zone or (actor.time_zone if isinstance(actor, Member) else "UTC")
    return {"planned_at": at, "planned_wall": typed_wall_time(at, parse_time_zone(name), *walls), "planned_zone": name}


def ping_post(post: Post) -> None:
    for profile_id in post.profiles.values_list("pk", flat=True):
        realtime.ping(post.organization_id, "posts", post.pk, profile_id=profile_id)
