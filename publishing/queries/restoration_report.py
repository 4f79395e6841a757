"""What the return of an older state left open: what is looked for, what waits for a person, how the rest ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from networks.models import Attempt, Held, Outgoing, Priority, Restoration
from networks.queries.queue import annotate_behind, annotate_returns, queued_rows
from organizations.models import Member
from publishing.queries.queue import attach_row_details
from teams.access import profiles_for

MOST_SHOWN = 50
IS_LOOKED_FOR = Q(state="unknown", doubted=True, needs_person=False)
IS_KEPT_LATE = Q(state="waiting", held=Held.TOO_LATE, planned_at__lte=F("restoration__noticed_at"))
IS_UNDECIDED = Q(state="unknown", doubted=True, needs_person=True) | IS_KEPT_LATE
Rows = QuerySet[Outgoing, Any]


@dataclass(frozen=True, slots=True)
class RestorationReport:
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
    waits, looked_for = (
        load_shown_rows(rows.filter(IS_UNDECIDED), now),
        load_shown_rows(rows.filter(IS_LOOKED_FOR), now),
    )
    ended = rows.filter(restoration=restoration).exclude(IS_UNDECIDED | IS_LOOKED_FOR)
    how = Attempt.objects.filter(outgoing=OuterRef("pk")).order_by("-pk").values("kind")
    ended = ended.annotate(told_by=Subquery(how[:1]))  # look, send, person
    settled = list(ended.select_related("profile", "remote_post").order_by("-planned_at", "-pk")[:MOST_SHOWN])
    attach_row_details(member, [*waits, *looked_for, *clear_holds(settled, now)], now)
    return RestorationReport(
        restoration, waits, looked_for, settled, count_open_rows(rows), count_planned_later(restoration)
    )


def load_shown_rows(rows: Rows, now: datetime) -> list[Outgoing]:
    found = annotate_returns(annotate_behind(queued_rows(rows, now)), now)
    return list(found.select_related("profile").order_by("planned_at", "pk")[:MOST_SHOWN])


def clear_holds(rows: list[Outgoing], now: datetime) -> list[Outgoing]:
    """Those that have ended are held by nothing."""
    for row in rows:
        row.hold, row.behind, row.returns = "", False, False
    return rows


def count_planned_later(restoration: Restoration) -> int:
    """What was planned for later when it came back, and still is. Index outgoing_queue."""
    if restoration.planned_before:
        return 0
    rows = Outgoing.objects.filter(state="waiting", planned_at__gt=restoration.noticed_at)
    unasked = Q(restoration=None) | Q(restoration__lt=restoration.pk)
    return rows.filter(unasked, created_at__lt=restoration.written_before, after=None).count()
