"""What a practice page shows."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, Sum, prefetch_related_objects

from foundation.database.lookups import get_or_not_found
from foundation.errors import NotFound
from networks.models import Profile
from networks.sandbox import faults
from networks.sandbox.entry_numbers import numbers_of_entries
from networks.sandbox.faults import FaultKind
from networks.sandbox.models import Account, Entry, Fault, Upload
from networks.sandbox.simulated_numbers import PostNumbers
from organizations.models import Organization
from organizations.tenancy import scope

THREADS_SHOWN = 30
DEEPEST_SHOWN = 2


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One entry as it is drawn. `depth` 0 is a post, 1 an answer, 2 an answer to an answer."""

    entry: Entry
    depth: int
    numbers: PostNumbers
    is_ours: bool
    is_late: bool  # the network's lists do not show it yet


def require_account(network: str, handle: str) -> Account:
    """One of the organization's own accounts. Raises NotFound."""
    found = Account.objects.filter(network=network, handle__iexact=handle, is_audience=False).first()
    if found is None:
        raise NotFound
    return found


def require_entry(network: str, pk: int) -> Entry:
    return get_or_not_found(Entry.objects.select_related("author", "wall", "root").filter(network=network), pk)


def require_audience_entry(network: str, pk: int) -> Entry:
    """Raises NotFound, also for what one of our own profiles said: that is changed from the product."""
    found = require_entry(network, pk)
    if not found.author.is_audience:
        raise NotFound
    return found


def require_shown_file(network: str, pk: int) -> Upload:
    """What an entry shows. Nobody sees it before. Raises NotFound."""
    return get_or_not_found(Upload.objects.filter(network=network).exclude(entry=None), pk)


def build_timeline(account: Account, *, at: datetime, post: str = "") -> list[ShownEntry]:
    """Newest threads first, each with its answers below it; the thread of `post` (a remote id) is always among them."""
    roots = list(threads_of(account).order_by("-number")[:THREADS_SHOWN])
    requested = find_thread(account.network, post)
    if requested and requested not in roots:
        roots.append(requested)
    answers = Entry.objects.filter(root__in=roots).select_related("author").order_by("number")
    beneath: dict[int | None, list[Entry]] = defaultdict(list)
    for answer in answers:
        beneath[answer.parent_id].append(answer)
    drawn = [pair for root in roots for pair in flatten_thread(root, beneath, 0)]
    prefetch_related_objects([entry for entry, _ in drawn], "uploads")
    counted = numbers_of_entries([entry for entry, _ in drawn], at=at)
    return [
        ShownEntry(
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


def find_thread(network: str, remote_id: str) -> Entry | None:
    if not remote_id.replace("_", "").isdecimal() or len(remote_id) > 60:
        return None
    found = Entry.objects.filter(network=network, remote_id=remote_id).select_related("author", "root__author").first()
    return found.root_entry if found else None


def flatten_thread(entry: Entry, beneath: dict[int | None, list[Entry]], depth: int) -> list[tuple[Entry, int]]:
    """The thread in reading order. A loop and not recursion: people may answer one another without end."""
    found, open_ = [], [(entry, depth)]
    while open_:
        one, deep = open_.pop()
        found.append((one, min(deep, DEEPEST_SHOWN)))
        open_ += [(answer, deep + 1) for answer in reversed(beneath.get(one.pk, []))]
    return found


def timeline_version(account: Account, *, at: datetime) -> str:
    """Changes when the page would look different: something was said or liked, or a minute has passed."""
    seen = Entry.objects.filter(network=account.network).aggregate(
        newest=Max("pk"),
        likes=Sum("likes"),
        number=Max("number"),  # an edit, where that makes another id
        count=Count("pk"),
        hidden=Count("pk", filter=Q(is_hidden=True)),
    )
    return ".".join(str(one or 0) for one in (*seen.values(), int(at.timestamp()) // 60))


def list_active_faults(account: Account) -> list[tuple[Fault, FaultKind]]:
    return [
        (row, faults.FAULT_KINDS[row.kind]) for row in faults.active_faults(account) if row.kind in faults.FAULT_KINDS
    ]


def practice_profiles(organization: Organization) -> list[Profile]:
    with scope(organization):
        return list(Profile.objects.filter(sandbox=True).order_by("network", "name"))
