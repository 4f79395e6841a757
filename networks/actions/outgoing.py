"""How the floors above put drafts into the outbox, and take them out again while they may."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from foundation.errors import Conflict
from foundation.processes import realtime
from foundation.states import move, move_all
from foundation.texts.graphemes import truncate_text
from networks.contract import PART_BEFORE, Draft, DraftKind
from networks.models import Attempt, Held, Outgoing, Priority, Profile, RemotePost
from networks.outbox.chains import parts_behind, update_parts_behind
from networks.outbox.claims import CLAIM_HORIZON
from networks.outbox.files import expire_uploads
from networks.outbox.settling import link_remote_post, notify_settled
from networks.worker_hints import wake_dispatcher
from organizations.actors import Actor, actor_label
from organizations.auditing import audit

UPLOAD_AHEAD = timedelta(minutes=15)
UPLOAD_AT_SENDING = timedelta(minutes=1)
PRIORITIES = {
    DraftKind.POST: Priority.POST,
    DraftKind.PART: Priority.POST,
    DraftKind.REPLY: Priority.REPLY,
    DraftKind.DELETE: Priority.REPLY,
}


@transaction.atomic
def enqueue_outgoing(
    profile: Profile,
    draft: Draft,
    *,
    key: str,
    due_at: datetime,
    priority: Priority | None = None,
    after: Outgoing | None = None,
    written_at: datetime | None = None,
    former: Sequence[Draft] = (),
) -> Outgoing:
    """Plans that `draft` leaves once through `profile` at `due_at`. `key` names the effect: twice is a Conflict.

    Of a profile's due rows a person's reply leaves first, and `priority` orders the others. `after` is the part that
    this one follows: it waits until that is there. `written_at` is when its words were, or the oldest of its `former`
    ones: whoever brings back an older state brings back drafts that may have left since, in the words of then.
    The caller has already checked that its actor may do this.
    """
    try:
        with transaction.atomic():
            row = Outgoing.objects.create(
                profile=profile,
                key=key,
                draft=draft.as_json(),
                planned_at=due_at,
                due_at=due_at,
                bring_at=upload_time_of(draft.media, due_at),
                priority=PRIORITIES[draft.kind] if priority is None else priority,
                written_at=written_at,
                former=[one.as_json() for one in former] or None,
                **(chain_fields_after(after) if after else {}),
            )
    except IntegrityError:
        raise Conflict("This is already on its way.") from None
    ping_outgoing(row)
    return row


def upload_time_of(files: Collection[Any], due_at: datetime) -> datetime | None:
    """When its files go to the network; what leaves within moments takes them along."""
    at = now()
    return max(at, due_at - UPLOAD_AHEAD) if files and due_at > at + UPLOAD_AT_SENDING else None


def chain_fields_after(before: Outgoing) -> dict[str, Any]:
    chain = before.chain_id or before.pk
    return {"after": before, "chain_id": chain, "part": before.part + 1, "held": Held.CHAIN}


@transaction.atomic
def enqueue_chain(
    profile: Profile,
    drafts: Sequence[Draft],
    *,
    key: str,
    due_at: datetime,
    priority: Priority | None = None,
    written_at: datetime | None = None,
    former: Sequence[Sequence[Draft]] = (),
) -> Outgoing:
    """The same for several that follow one another, each beneath the one before. Returns the first of their rows.

    `former` are all its parts in the words of then; each row keeps those that stood in its place and differ.
    """
    common: dict[str, Any] = {"due_at": due_at, "priority": priority, "written_at": written_at}
    first = before = enqueue_outgoing(
        profile, drafts[0], key=key, former=former_drafts_at(former, 0, drafts[0]), **common
    )
    for at, draft in enumerate(drafts[1:], 1):
        beneath = replace(draft, kind=DraftKind.PART, in_reply_to=PART_BEFORE)
        part = f"{key}:{before.part + 1}"
        before = enqueue_outgoing(
            profile, beneath, key=part, after=before, former=former_drafts_at(former, at, draft), **common
        )
    return first


def former_drafts_at(former: Sequence[Sequence[Draft]], at: int, draft: Draft) -> list[Draft]:
    """What said something else in the place of `draft`."""
    there = [parts[at] for parts in former if len(parts) > at]
    return [one for one in there if one != draft and (one.text or one.media)]


@transaction.atomic
def delete_remote_post(actor: Actor, copy: RemotePost) -> Outgoing:
    """Plans that the network's copy is taken away, now. Raises Conflict when that is on its way, or done."""
    key = f"delete:{copy.pk}"
    earlier = Outgoing.objects.select_for_update().filter(key=key).first()
    if earlier is None or earlier.state == "failed":
        RemotePost.objects.filter(pk=copy.pk).update(deleted_by=truncate_text(actor_label(actor).name, 200))
    if earlier is not None and earlier.state == "failed":
        retry_outgoing(actor, earlier)
        return earlier
    draft = Draft(kind=DraftKind.DELETE, text=copy.text, target=copy.remote_id)
    return enqueue_outgoing(copy.profile, draft, key=key, due_at=now())


@transaction.atomic
def reschedule_outgoing(row: Outgoing, *, due_at: datetime) -> None:
    """Another time for a row that has not begun, and for what follows it. Raises Stale or IllegalMove when it has.

    A row that was held as too late is so no longer: a person has decided.
    """
    released: dict[str, Any] = {"held": "", "reason": ""} if row.held == Held.TOO_LATE else {}
    upload_at = upload_time_of(row.draft.get("media", ()), due_at)
    move(
        row, "postpone", due_at=due_at, planned_at=due_at, bring_at=upload_at, claim=None, lease_until=None, **released
    )
    parts_behind(row).update(due_at=due_at, planned_at=due_at)
    ping_outgoing(row)


@transaction.atomic
def cancel_outgoing(row: Outgoing) -> None:
    """It will not leave, nor what follows it. Raises Stale or IllegalMove when it has begun to."""
    move(row, "cancel", doubted=False, needs_person=False, claim=None, lease_until=None)
    move_all(parts_behind(row), "cancel", reason="")
    ping_outgoing(row)


def hold_repeat(row: Outgoing) -> None:
    """What is under way, or may be there, ends as it ends; should it wait once more, it leaves not by itself."""
    Outgoing.objects.filter(pk=row.pk, state__in=("sending", "unknown")).update(held=Held.TOO_LATE)


@transaction.atomic
def retry_outgoing(actor: Actor, row: Outgoing, *, planned_at: datetime | None = None) -> None:
    """Tries a cleanly failed row again, now; from now on its lateness counts, or still from `planned_at`."""
    if row.state != "failed":
        raise Conflict("Only what has failed cleanly can be tried again.")
    at = now()
    move(row, "retry", due_at=at, planned_at=planned_at or at, reason="", claim=None, lease_until=None)
    expire_uploads(row, at)
    update_parts_behind(row)
    audit.record(actor, "outgoing.retried", row, {"state": ["failed", row.state]})
    ping_outgoing(row)


@transaction.atomic
def resolve_outgoing(actor: Actor, row: Outgoing, *, there: bool, remote_id: str = "", permalink: str = "") -> None:
    """A person decides what the network could not tell: it is there (as `remote_id`), or not and is sent again."""
    if row.state != "unknown":
        raise Conflict("Only a sending whose outcome is not known can be decided by hand.")
    at = now()
    if there:
        move(row, "confirm", sent_at=at, doubted=False, needs_person=False, reason="", claim=None, lease_until=None)
        if remote_id:
            link_remote_post(row, remote_id, permalink)
    else:
        move(
            row,
            "postpone",
            due_at=at,
            planned_at=at,
            held="",
            doubted=False,
            needs_person=False,
            reason="",
            looks=0,
            resends=0,
            claim=None,
            lease_until=None,
        )
    update_parts_behind(row)
    word = "it is there" if there else "send again"
    Attempt.objects.create(
        outgoing=row,
        kind="person",
        worker=truncate_text(actor_label(actor).name, 120),
        started_at=at,
        finished_at=at,
        outcome=word,
    )
    audit.record(actor, "outgoing.resolved", row, {"decision": word, "state": ["unknown", row.state]})
    notify_settled(row)
    ping_outgoing(row)


def ping_outgoing(row: Outgoing) -> None:
    realtime.ping(row.organization_id, "outgoing", row.pk, profile_id=row.profile_id)
    if row.state == "waiting" and row.due_at <= now() + CLAIM_HORIZON + timedelta(seconds=1):
        wake_dispatcher()
