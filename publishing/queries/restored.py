"""What the return of an older state left open: what is looked for, what waits for a person, how the rest ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from networks.models import Attempt, Held, Outgoing, Priority, Restoration
from networks.queries.queue import queued, with_return, with_turn
from organizations.models import Member
from publishing.queries.queue import dress
from teams.access import profiles_for

SHOWN = 50
LOOKED_FOR = Q(state="unknown", doubted=True, needs_person=False)
KEPT_LATE = Q(state="waiting", held=Held.TOO_LATE, planned_at__lte=F("restoration__noticed_at"))
WAITS = Q(state="unknown", doubted=True, needs_person=True) | KEPT_LATE
Rows = QuerySet[Outgoing, Any]


@dataclass(frozen=True, slots=True)
class Restored:
    """`waits` and `looked_for` are `SHOWN` rows at most, of so many; `later` is what is looked for in its own time."""

    restoration: Restoration
    waits: list[Outgoing]
    looked_for: list[Outgoing]
    settled: list[Outgoing]
    counts: dict[str, int]
    later: int

    @property
    def is_over(self) -> bool:
        return not self.counts["waits"] and not self.counts["looked_for"]


def of_member(member: Member) -> Rows:
    """What an older state made doubtful, on profiles where the member decides. Index outgoing_restored."""
    rows = Outgoing.objects.filter(restoration__isnull=False)
    if member.is_admin:
        return rows
    publishes, replies = (profiles_for(member, to=verb).values("pk") for verb in ("publish", "reply"))
    return rows.filter(Q(profile__in=publishes) | Q(profile__in=replies, priority=Priority.REPLY))


def counts_of(rows: Rows) -> dict[str, int]:
    asked = {"waits": Count("pk", filter=WAITS), "looked_for": Count("pk", filter=LOOKED_FOR)}
    return rows.filter(WAITS | LOOKED_FOR).aggregate(**asked)


def has_open(profile: OuterRef) -> Exists:
    """Whether anything on that profile is not settled yet."""
    # unscoped: correlated with a profile that the caller has scoped
    return Exists(Outgoing.unscoped.filter(WAITS | LOOKED_FOR, profile=profile, restoration__isnull=False))


def latest() -> Restoration | None:
    """The last one about which something is left to do here, or else the last that there was."""
    open_ones = Outgoing.objects.filter(WAITS | LOOKED_FOR, restoration__isnull=False).values("restoration")
    last = Restoration.objects.order_by("-pk")
    return last.filter(pk__in=open_ones).first() or last.exclude(how=Restoration.How.GAP).first()


def restored_for(member: Member, now: datetime) -> Restored | None:
    """None where no older state ever came back."""
    restoration = latest()
    if restoration is None:
        return None
    rows = of_member(member)
    waits, looked_for = shown(rows.filter(WAITS), now), shown(rows.filter(LOOKED_FOR), now)
    ended = rows.filter(restoration=restoration).exclude(WAITS | LOOKED_FOR)
    how = Attempt.objects.filter(outgoing=OuterRef("pk")).order_by("-pk").values("kind")
    ended = ended.annotate(told_by=Subquery(how[:1]))  # look, send, person
    settled = list(ended.select_related("profile", "remote_post").order_by("-planned_at", "-pk")[:SHOWN])
    dress(member, [*waits, *looked_for, *with_words(settled, now)], now)
    return Restored(restoration, waits, looked_for, settled, counts_of(rows), later(restoration))


def shown(rows: Rows, now: datetime) -> list[Outgoing]:
    found = with_return(with_turn(queued(rows, now)), now)
    return list(found.select_related("profile").order_by("planned_at", "pk")[:SHOWN])


def with_words(rows: list[Outgoing], now: datetime) -> list[Outgoing]:
    """Those that have ended are held by nothing."""
    for row in rows:
        row.hold, row.behind, row.returns = "", False, False
    return rows


def later(restoration: Restoration) -> int:
    """What was planned for later when it came back, and still is. Index outgoing_queue."""
    if restoration.planned_before:
        return 0
    rows = Outgoing.objects.filter(state="waiting", planned_at__gt=restoration.noticed_at)
    unasked = Q(restoration=None) | Q(restoration__lt=restoration.pk)
    return rows.filter(unasked, created_at__lt=restoration.written_before, after=None).count()
