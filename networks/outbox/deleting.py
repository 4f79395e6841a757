"""Taking away what was published. To delete twice is to delete once, so what is not known is simply done again."""

from datetime import datetime

from networks.contract import Adapter, Deletes, DraftKind
from networks.errors import Ambiguous, Refused, Unavailable
from networks.models import Outgoing, RemotePost
from networks.outbox.outcomes import GIVE_UP_AFTER, Outcome, backoff


def is_deletion(row: Outgoing) -> bool:
    return bool(row.draft["kind"] == DraftKind.DELETE)


def send_deletion(row: Outgoing, adapter: Adapter) -> Outcome:
    """Raises the classes of `networks.errors` but Ambiguous."""
    if not isinstance(adapter, Deletes):
        raise Refused("This network does not let us delete what was published.")
    target = row.frozen.target or ""
    try:
        adapter.delete(target)
    except Ambiguous as error:
        raise Unavailable(error.user_message, detail=error.detail, code=error.code) from None
    return Outcome("confirm", "deleted", detail=target)


def repeat_deletion(row: Outgoing, now: datetime) -> Outcome:
    """After a worker that vanished, or a defect of ours, in the middle of it."""
    if now - row.planned_at > GIVE_UP_AFTER:
        return Outcome("refuse", "given up", "For a day it could not be deleted. Look on the profile.")
    return Outcome(
        "postpone", "again", row.reason, "Deleting may be repeated.", due_at=now + backoff(row.attempt_count)
    )


def mark_remote_deleted(row: Outgoing) -> None:
    """The network's copy is gone; our numbers of it stay."""
    RemotePost.objects.filter(profile=row.profile_id, remote_id=row.draft["target"]).update(deleted_at=row.sent_at)
