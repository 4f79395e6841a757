"""What the return of an older state left open: what is looked for, what waits for a person, how the rest ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from networks.models import Attempt, Held, Outgoing, Priority, Restoration
from organizations.models import Member
from publishing.queries.delivery_outlook import Situation
from publishing.queries.queue import (
    QueueEntry,
    SituatedRow,
    build_queue_entries,
    placed_rows,
    situation_of,
    with_situations,
)
from teams.access import profiles_for

if TYPE_CHECKING:  # the stubs are there only where types are checked
    from django_stubs_ext import WithAnnotations

    SettledRow = WithAnnotations[Outgoing, "SettledBy"]
else:
    SettledRow = Outgoing

MOST_SHOWN = 50
NO_SITUATION = Situation()
IS_LOOKED_FOR = Q(state="unknown", doubted=True, needs_person=False)
IS_KEPT_LATE = Q(state="waiting", held=Held.TOO_LATE, planned_at__lte=F("restoration__noticed_at"))
IS_UNDECIDED = Q(state="unknown", doubted=True, needs_person=True) | IS_KEPT_LATE
Rows = QuerySet[Outgoing, Any]


class SettledBy(TypedDict):
    settled_by: str | None


@dataclass(frozen=True, slots=True)
class SettledEntry:
    entry: QueueEntry
    settled_by: str  # how it became known: look, send, person; empty where nobody tried


@dataclass(frozen=True, slots=True)
class RestorationReport:
    """`waits` and `looked_for` are `SHOWN` rows at most, of so many; `later` is what is looked for in its own time."""

    restoration: Restoration
    waits: list[QueueEntry]
    looked_for: list[QueueEntry]
    settled: list[SettledEntry]
    counts: dict[str, int]
    later: int

    @property
    def is_over(self) -> bool:
        return not self.counts["waits"] and not self.counts["looked_for"]


def restored_rows_for(member: Member) -> Rows:
    """What an older state made doubtful, on profiles where the member decides. Index outgoing_restored."""
    rows = Outgoing.objects.filter(restoration__isnull=False)
    if member.is_admin:
        return rows
    publishes, replies = (profiles_for(member, to=verb).values("pk") for verb in ("publish", "reply"))
    return rows.filter(Q(profile__in=publishes) | Q(profile__in=replies, priority=Priority.REPLY))


def count_open_rows(rows: Rows) -> dict[str, int]:
    asked = {"waits": Count("pk", filter=IS_UNDECIDED), "looked_for": Count("pk", filter=IS_LOOKED_FOR)}
    return rows.filter(IS_UNDECIDED | IS_LOOKED_FOR).aggregate(**asked)


def has_open_rows(profile: OuterRef) -> Exists:
    """Whether anything on that profile is not settled yet."""
    # unscoped: correlated with a profile that the caller has scoped
    return Exists(Outgoing.unscoped.filter(IS_UNDECIDED | IS_LOOKED_FOR, profile=profile, restoration__isnull=False))


def latest_restoration() -> Restoration | None:
    """The last one about which something is left to do here, or else the last that there was."""
    open_ones = Outgoing.objects.filter(IS_UNDECIDED | IS_LOOKED_FOR, restoration__isnull=False).values("restoration")
    last = Restoration.objects.order_by("-pk")
    return last.filter(pk__in=open_ones).first() or last.exclude(how=Restoration.How.GAP).first()


def build_restoration_report(member: Member, now: datetime) -> RestorationReport | None:
    """None where no older state ever came back."""
    restoration = latest_restoration()
    if restoration is None:
        return None
    rows = restored_rows_for(member)
    waits = load_shown_rows(rows.filter(IS_UNDECIDED), now)
    looked_for = load_shown_rows(rows.filter(IS_LOOKED_FOR), now)
    settled = load_settled_rows(rows.filter(restoration=restoration).exclude(IS_UNDECIDED | IS_LOOKED_FOR))
    settled_by = {row.pk: row.settled_by or "" for row in settled}
    open_rows = [(row, row.place, situation_of(row)) for row in waits + looked_for]
    ended_rows = [(row, "", NO_SITUATION) for row in settled]  # what has ended is held by nothing
    entries = build_queue_entries(member, [*open_rows, *ended_rows], now)
    first, last = len(waits), len(waits) + len(looked_for)
    return RestorationReport(
        restoration,
        waits=entries[:first],
        looked_for=entries[first:last],
        settled=[SettledEntry(entry, settled_by[entry.row.pk]) for entry in entries[last:]],
        counts=count_open_rows(rows),
        later=count_planned_later(restoration),
    )


def load_shown_rows(rows: Rows, now: datetime) -> list[SituatedRow]:
    return list(with_situations(placed_rows(rows, now), now).order_by("planned_at", "pk")[:MOST_SHOWN])


def load_settled_rows(rows: Rows) -> list[SettledRow]:
    how = Attempt.objects.filter(outgoing=OuterRef("pk")).order_by("-pk").values("kind")
    found = rows.annotate(settled_by=Subquery(how[:1])).select_related("profile", "remote_post")
    return list(found.order_by("-planned_at", "-pk")[:MOST_SHOWN])


def count_planned_later(restoration: Restoration) -> int:
    """What was planned for later when it came back, and still is. Index outgoing_queue."""
    if restoration.planned_before:
        return 0
    rows = Outgoing.objects.filter(state="waiting", planned_at__gt=restoration.noticed_at)
    unasked = Q(restoration=None) | Q(restoration__lt=restoration.pk)
    return rows.filter(unasked, created_at__lt=restoration.written_before, after=None).count()
