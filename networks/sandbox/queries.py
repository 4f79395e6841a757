"""What a practice page shows."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, Sum, prefetch_related_objects

from foundation.errors import NotFound
from networks.models import Profile
from networks.sandbox import faults
from networks.sandbox.faults import Kind
from networks.sandbox.measured import numbers_of
from networks.sandbox.models import Account, Entry, Fault, Upload
from networks.sandbox.numbers import PostNumbers
from organizations.models import Organization
from organizations.tenancy import scope

THREADS_SHOWN = 30
DEEPEST = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry as it is drawn. `depth` 0 is a post, 1 an answer, 2 an answer to an answer."""

    entry: Entry
    depth: int
    numbers: PostNumbers
    is_ours: bool
    is_late: bool  # the network's lists do not show it yet


def account_named(network: str, handle: str) -> Account:
    """One of the organization's own accounts. Raises NotFound."""
    found = Account.objects.filter(network=network, handle__iexact=handle, is_audience=False).first()
    if found is None:
        raise NotFound
    return found


def entry_of(network: str, pk: int) -> Entry:
    found = Entry.objects.select_related("author", "wall", "root").filter(network=network, pk=pk).first()
    if found is None:
        raise NotFound
    return found


def said_by_audience(network: str, pk: int) -> Entry:
    """Raises NotFound, also for what one of our own profiles said: that is changed from the product."""
    found = entry_of(network, pk)
    if not found.author.is_audience:
        raise NotFound
    return found


def shown_file(network: str, pk: int) -> Upload:
    """What an entry shows. Nobody sees it before. Raises NotFound."""
    found = Upload.objects.filter(network=network, pk=pk).exclude(entry=None).first()
    if found is None:
        raise NotFound
    return found


def timeline(account: Account, *, at: datetime, post: str = "") -> list[Shown]:
    """Newest threads first, each with its answers below it; the thread of `post` (a remote id) is always among them."""
    roots = list(threads_of(account).order_by("-number")[:THREADS_SHOWN])
    wanted = thread_with(account.network, post)
    if wanted and wanted not in roots:
        roots.append(wanted)
    answers = Entry.objects.filter(root__in=roots).select_related("author").order_by("number")
    beneath: dict[int, list[Entry]] = defaultdict(list)
    for answer in answers:
        beneath[answer.parent_id].append(answer)
    drawn = [pair for root in roots for pair in walked(root, beneath, 0)]
    prefetch_related_objects([entry for entry, _ in drawn], "uploads")
    counted = numbers_of([entry for entry, _ in drawn], at=at)
    return [
        Shown(
            entry,
            depth,
            counted[entry.pk],
            is_ours=entry.author_id == account.pk,
            is_late=bool(entry.listed_from and entry.listed_from > at),
        )
        for entry, depth in drawn
    ]


def threads_of(account: Account):  # type: ignore[no-untyped-def]  # a queryset with values
    rows = Entry.objects.filter(network=account.network, parent=None).select_related("author")
    return rows.filter(Q(author=account) | Q(wall=account) | Q(addressed=account)).distinct()


def thread_with(network: str, remote_id: str) -> Entry | None:
    if not remote_id.replace("_", "").isdecimal() or len(remote_id) > 60:
        return None
    found = Entry.objects.filter(network=network, remote_id=remote_id).select_related("author", "root__author").first()
    return found.root_entry if found else None


def walked(entry: Entry, beneath: dict[int, list[Entry]], depth: int) -> list[tuple[Entry, int]]:
    """The thread in reading order. A loop and not recursion: people may answer one another without end."""
    found, open_ = [], [(entry, depth)]
    while open_:
        one, deep = open_.pop()
        found.append((one, min(deep, DEEPEST)))
        open_ += [(answer, deep + 1) for answer in reversed(beneath.get(one.pk, []))]
    return found


def version(account: Account, *, at: datetime) -> str:
    """Changes when the page would look different: something was said or liked, or a minute has passed."""
    seen = Entry.objects.filter(network=account.network).aggregate(
        newest=Max("pk"),
        likes=Sum("likes"),
        number=Max("number"),  # an edit, where that makes another id
        count=Count("pk"),
        hidden=Count("pk", filter=Q(is_hidden=True)),
    )
    return ".".join(str(one or 0) for one in (*seen.values(), int(at.timestamp()) // 60))


def switched_on(account: Account) -> list[tuple[Fault, Kind]]:
    return [(row, faults.KINDS[row.kind]) for row in faults.on(account) if row.kind in faults.KINDS]


def practice_profiles(organization: Organization) -> list[Profile]:
    with scope(organization):
        return list(Profile.objects.filter(sandbox=True).order_by("network", "name"))
