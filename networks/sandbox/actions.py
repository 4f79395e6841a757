"""Everything that changes a practice network."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import now

from foundation.processes import realtime
from networks.sandbox.dialects.dialect import require_dialect
from networks.sandbox.faults import DOWN, FAULT_KINDS, LONGEST_SECONDS
from networks.sandbox.models import Account, Entry, Fault, Upload
from networks.sandbox.practice_files import attach_uploads, delete_uploads
from networks.sandbox.snowflake_ids import new_id_number
from networks.sandbox.tasks import schedule_push

_REPEAT_WINDOW = timedelta(hours=24)


@transaction.atomic
def write_entry(
    author: Account,
    text: str,
    *,
    under: Entry | None = None,
    wall: Account | None = None,
    at: datetime | None = None,
    listed_from: datetime | None = None,
    pushes: bool = True,
    uploads: Sequence[Upload] = (),
) -> Entry:
    """Puts down what `author` says and shows, beneath `under` or on a page's `wall`, and tells those it concerns.

    Raises Used for `uploads` that another entry shows.
    """
    dialect = require_dialect(author.network)
    made_at = at or now()
    number = new_id_number(made_at)
    entry = Entry.objects.create(
        network=author.network,
        number=number,
        remote_id=dialect.remote_id(number, under, wall),
        author=author,
        wall=under.wall if under else wall,
        parent=under,
        root=under.root_entry if under else None,
        text=text,
        created_at=made_at,
        listed_from=listed_from,
    )
    attach_uploads(entry, uploads)
    if addressed := dialect.addressed(entry):
        entry.addressed.set(addressed)
    realtime.ping(entry.organization_id, "sandbox")
    if pushes:
        schedule_push(entry)
    return entry


def is_repeated(author: Account, text: str, *, under: Entry | None = None) -> bool:
    """Whether the networks would refuse these words alone as said already; beside a picture they may say them again."""
    recent = Entry.objects.filter(author=author, parent=under, text=text, created_at__gte=now() - _REPEAT_WINDOW)
    return recent.filter(uploads=None).exists()


@transaction.atomic
def edit_entry(entry: Entry, text: str) -> None:
    """Lets its author say something else, which on some networks makes another id."""
    require_dialect(entry.network).edit(entry, text)
    entry.save(update_fields=["text", "number", "remote_id", "earlier"])
    realtime.ping(entry.organization_id, "sandbox")
    schedule_push(entry, "edited")


@transaction.atomic
def hide_entry(entry: Entry, *, hidden: bool) -> None:
    """What a page's people do with a comment: only its writer and their friends see it, until it is shown again."""
    entry.is_hidden = hidden
    entry.save(update_fields=["is_hidden"])
    realtime.ping(entry.organization_id, "sandbox")
    schedule_push(entry, "hide" if hidden else "unhide")


@transaction.atomic
def delete_entry(entry: Entry) -> None:
    """Takes it away, with everything beneath it and what they show."""
    realtime.ping(entry.organization_id, "sandbox")
    schedule_push(entry, "remove")
    entry.delete()
    delete_uploads(Upload.objects.filter(entry=None).exclude(used_at=None))


@transaction.atomic
def like_entry(entry: Entry) -> None:
    Entry.objects.filter(pk=entry.pk).update(likes=F("likes") + 1)
    realtime.ping(entry.organization_id, "sandbox")


@transaction.atomic
def set_fault(account: Account, kind: str, *, times: int | None = 1, seconds: int | None = None) -> None:
    """Lets `kind` (of `faults.KINDS`) befall the next posts of `account`; None `times` is until it is lifted.

    `seconds` is how late, or how long, for the kinds that have a length. A network stays down until that is lifted.
    """
    wide = kind == DOWN
    usual = FAULT_KINDS[kind].seconds
    Fault.objects.update_or_create(
        network=account.network,
        account=None if wide else account,
        kind=kind,
        defaults={
            "left": None if wide else times,
            "seconds": min(LONGEST_SECONDS, usual if seconds is None else seconds) if usual else 0,
        },
    )
    realtime.ping(account.organization_id, "sandbox")


@transaction.atomic
def lift_fault(account: Account, kind: str = "") -> None:
    """Switches one kind off, or all that is on for the account and its network."""
    rows = Fault.objects.filter(Q(account=account) | Q(account=None, network=account.network))
    (rows.filter(kind=kind) if kind else rows).delete()
    realtime.ping(account.organization_id, "sandbox")
