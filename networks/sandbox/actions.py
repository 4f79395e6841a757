"""Everything that changes a practice network."""

import re
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.timezone import now

from networks.sandbox.ids import number_at
from networks.sandbox.models import Account, Entry
from networks.sandbox.tasks import announce
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
    pushes: bool = True,
) -> Entry:
    """Puts down what `author` says, beneath `under` or on a Page's `wall`, and tells those it concerns."""
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
    )
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
    """Whether the networks would refuse this as said already."""
    recent = Entry.objects.filter(author=author, parent=under, text=text, created_at__gte=now() - _REMEMBERS)
    return recent.exists()


@transaction.atomic
def delete_entry(entry: Entry) -> None:
    """Takes it away, with everything beneath it."""
    realtime.ping(entry.organization_id, "sandbox")
    entry.delete()


@transaction.atomic
def like_entry(entry: Entry) -> None:
    Entry.objects.filter(pk=entry.pk).update(likes=F("likes") + 1)
    realtime.ping(entry.organization_id, "sandbox")


@transaction.atomic
def set_fault(account: Account, fault: str) -> None:
    """What befalls the next thing that `account` publishes; empty for nothing."""
    Account.objects.filter(pk=account.pk).update(fault=fault)
    realtime.ping(account.organization_id, "sandbox")
