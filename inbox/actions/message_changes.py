"""What came in is followed: edited, hidden, shown again, removed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import now

from foundation.texts.text_comparison import normalize_text
from inbox.actions.ingest import ping_inbox
from inbox.conversation_counts import recount_conversation
from inbox.intake.inbound_cleaning import strip_unstorable
from inbox.intake.intake_lock import lock_intake
from inbox.models import Conversation, Message
from networks.contract import InboundChange
from networks.models import Profile

FOLLOWED_FOR = timedelta(days=14)  # from when it was said; what is older changes hardly ever
LISTS_LAG = timedelta(minutes=2)  # networks' lists are behind: what is younger is not missed in them


@transaction.atomic
def follow_changes(profile: Profile, changes: Iterable[InboundChange]) -> list[Message]:
    """Marks what changed, and counts anew who waits. Returns what was changed; the same again changes nothing.

    Like `ingest` it is its own record, and waits for other batches of the profile. Locks: intake, then conversations.
    """
    by_remote_id = {strip_unstorable(one.remote_id): one for one in changes}
    lock_intake(profile.pk)
    rows = list(Message.objects.filter(profile=profile, direction="in", remote_id__in=list(by_remote_id)))
    at = now()
    changed = [row for row in rows if apply_change(row, by_remote_id[row.remote_id or ""], at)]
    if changed:
        homes = Conversation.objects.select_for_update().filter(pk__in={row.conversation_id for row in changed})
        held = list(homes.order_by("pk"))
        Message.objects.bulk_update(changed, ["text", "edited_at", "hidden_at", "removed_at"])
        for home in held:
            recount_conversation(home)
        ping_inbox(profile, [home.pk for home in held])
    return changed


def apply_change(row: Message, change: InboundChange, at: datetime) -> bool:
    """Brings the row to what stands on the network; whether that was anything new."""
    before = (row.text, row.hidden_at, row.removed_at)
    text = row.text if change.text is None else strip_unstorable(change.text)
    if normalize_text(text) != normalize_text(row.text):
        row.text, row.edited_at = text, at
    if change.hidden is not None:
        row.hidden_at = (row.hidden_at or at) if change.hidden else None
    if change.removed:
        row.removed_at = row.removed_at or at
    elif change.text is not None:
        row.removed_at = None
    return before != (row.text, row.hidden_at, row.removed_at)


def recheck_missing(profile: Profile, listed: Mapping[str, datetime], seen: Iterable[str]) -> None:
    """What the network's lists should have shown and did not is looked at again by itself: they may only be behind."""
    if not listed:
        return
    at = now()
    rows = Message.objects.filter(
        profile=profile,
        direction="in",
        removed_at=None,
        conversation__about__remote_id__in=list(listed),
        sent_at__range=(at - FOLLOWED_FOR, at - LISTS_LAG),
    )
    found = rows.exclude(remote_id__in=list(seen)).values_list("pk", "sent_at", "conversation__about__remote_id")
    missing = [pk for pk, sent_at, post in found if sent_at >= listed[post]]
    Message.objects.filter(pk__in=missing).update(look_at=at)


def plan_next_look(profile: Profile, looked: Sequence[str]) -> None:
    """Each look is as long after the last as that was after it was said: soon at first, and a dozen in all."""
    at = now()
    rows = list(Message.objects.filter(profile=profile, remote_id__in=list(looked)))
    for row in rows:
        row.look_at = next_look_time(row, at)
    Message.objects.bulk_update(rows, ["look_at"])


def next_look_time(row: Message, at: datetime) -> datetime | None:
    age = max(at - row.sent_at, timedelta(minutes=1))
    return at + age if row.removed_at is None and age < FOLLOWED_FOR else None


def follow_reading(
    profile: Profile, changes: Sequence[InboundChange], listed: Mapping[str, datetime], looked: Sequence[str]
) -> None:
    """All that one reading of the network tells of what came in before."""
    follow_changes(profile, changes)
    recheck_missing(profile, listed, [one.remote_id for one in changes])
    plan_next_look(profile, looked)
