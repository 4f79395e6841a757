"""Everything that changes a practice network."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import now

from networks.sandbox.faults import DOWN, KINDS, LONGEST
from networks.sandbox.ids import number_at
from networks.sandbox.models import Account, Entry, Fault, Upload
from networks.sandbox.tasks import announce
from networks.sandbox.uploads import forget, show_in
from socialops.lib import realtime

_NAMED = re.compile(r"(?<![\w@])@(\w{1,50})")
_REMEMBERS = timedelta(hours=24)


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
    """Puts down what `author` says and shows, beneath `under` or on a Page's `wall`, and tells those it concerns.

    Raises Used for `uploads` that another entry shows.
    """
    made_at = at or now()
    number = number_at(made_at)
    entry = Entry.objects.create(
        network=author.network,
        number=number,
        remote_id=remote_id(author.network, number, under, wall),
        author=author,
        wall=under.wall if under else wall,
        parent=under,
        root=under.root_entry if under else None,
        text=text,
        created_at=made_at,
        listed_from=listed_from,
    )
    show_in(entry, uploads)
    if author.network == "x":
        entry.addressed.set(addressed_by(entry))
    realtime.ping(entry.organization_id, "sandbox")
    if pushes:
        announce(entry)
    return entry


def remote_id(network: str, number: int, under: Entry | None, wall: Account | None) -> str:
    """X numbers everything alike; Facebook puts the Page before a post, and the post before a comment."""
    if network == "x":
        return str(number)
    return f"{under.root_entry.number}_{number}" if under else f"{wall.remote_id if wall else 0}_{number}"


def addressed_by(entry: Entry) -> list[Account]:
    """Whoever is named, and whoever is answered: X puts the latter's name in front."""
    handles = {handle.lower() for handle in _NAMED.findall(entry.text)}
    named = [one for one in Account.objects.filter(network="x") if one.handle.lower() in handles] if handles else []
    answered = [entry.parent.author] if entry.parent else []
    return [one for one in {*named, *answered} if one != entry.author]


def is_repeated(author: Account, text: str, *, under: Entry | None = None) -> bool:
    """Whether the networks would refuse these words alone as said already; beside a picture they may say them again."""
    recent = Entry.objects.filter(author=author, parent=under, text=text, created_at__gte=now() - _REMEMBERS)
    return recent.filter(uploads=None).exists()


@transaction.atomic
def edit_entry(entry: Entry, text: str) -> None:
    """Lets its author say something else. On X that makes another id, by which it is known from then on."""
    entry.text = text if entry.network != "x" else entry.text
    if entry.network == "x":
        number = number_at(now())
        entry.earlier = [*entry.earlier, [entry.remote_id, entry.text]]
        entry.number, entry.remote_id, entry.text = number, remote_id("x", number, None, None), text
    entry.save(update_fields=["text", "number", "remote_id", "earlier"])
    realtime.ping(entry.organization_id, "sandbox")
    announce(entry, "edited")


@transaction.atomic
def hide_entry(entry: Entry, *, hidden: bool) -> None:
    """What a Page does with a comment: only its writer and their friends see it, until it is shown again."""
    entry.is_hidden = hidden
    entry.save(update_fields=["is_hidden"])
    realtime.ping(entry.organization_id, "sandbox")
    announce(entry, "hide" if hidden else "unhide")


@transaction.atomic
def delete_entry(entry: Entry) -> None:
    """Takes it away, with everything beneath it and what they show."""
    realtime.ping(entry.organization_id, "sandbox")
    announce(entry, "remove")
    entry.delete()
    forget(Upload.objects.filter(entry=None).exclude(used_at=None))


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
    usual = KINDS[kind].seconds
    Fault.objects.update_or_create(
        network=account.network,
        account=None if wide else account,
        kind=kind,
        defaults={
            "left": None if wide else times,
            "seconds": min(LONGEST, usual if seconds is None else seconds) if usual else 0,
        },
    )
    realtime.ping(account.organization_id, "sandbox")


@transaction.atomic
def lift_fault(account: Account, kind: str = "") -> None:
    """Switches one kind off, or all that is on for the account and its network."""
    rows = Fault.objects.filter(Q(account=account) | Q(account=None, network=account.network))
    (rows.filter(kind=kind) if kind else rows).delete()
    realtime.ping(account.organization_id, "sandbox")
