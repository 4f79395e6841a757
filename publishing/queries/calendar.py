"""A month as weights per day with each day's first entries; a day in full. The same few queries at any volume."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, Prefetch, QuerySet, Window
from django.db.models.functions import RowNumber, TruncDate

from organizations.models import Member
from publishing.models import Attachment, Post
from publishing.planning.planned_times import instant_of_clock
from publishing.queries.posts import list_posts, shown_state_case, with_shown_state
from publishing.queries.shown_posts import ListedPost, visible_profiles_by_post
from publishing.states import POST_MACHINE, WAITING_STATES
from teams.access import verbs_on

ENTRIES_PER_DAY = 3  # entries shown in a day's cell
MOST_IN_PANEL = 100
BAR_PIECES = 8  # of a day's bar
MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class CalendarEntry(ListedPost):
    movable: bool  # whether the reader could move it; the action decides for good

    @property
    def networks(self) -> list[str]:
        return list(dict.fromkeys(profile.network for profile in self.profiles))


@dataclass(frozen=True, slots=True)
class CalendarDay:
    date: date
    inside: bool  # of the month that is shown
    past: bool
    weights: Sequence[tuple[str, int]]  # how many in each state that occurs
    entries: Sequence[CalendarEntry]

    @property
    def total(self) -> int:
        return sum(count for _, count in self.weights)

    @property
    def bars(self) -> list[str]:
        """At most about eight pieces, in proportion; every state that occurs has one."""
        shrink = max(1.0, self.total / BAR_PIECES)
        return [state for state, count in self.weights for _ in range(max(1, round(count / shrink)))]

    @property
    def more(self) -> int:
        return self.total - len(self.entries)


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    first: date
    today: date
    days: Sequence[CalendarDay]
    panel: Sequence[CalendarEntry]  # of the day that is open

    @property
    def total(self) -> int:
        return sum(day.total for day in self.days)

    @property
    def previous(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def next(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)


def build_month(
    member: Member,
    first: date,
    *,
    now: datetime,
    day: date | None = None,
    state: str = "",
    profile: int | None = None,
) -> CalendarMonth:
    """The weeks that touch the month beginning at `first`, in the member's zone, and `day` in full."""
    zone = ZoneInfo(member.time_zone)
    today = now.astimezone(zone).date()
    start = first - timedelta(days=first.weekday())
    end = (first + timedelta(days=31)).replace(day=1)
    end += timedelta(days=-end.weekday() % 7)
    posts = posts_planned_between(planned_posts(member, state, profile), start, end, zone)
    seen = shown_state_case()
    weights = weights_by_day(posts, zone, seen)
    first_ids = first_ids_of_each_day(posts, zone)
    panel_ids = set(post_ids_on_day(planned_posts(member, state, profile), day, zone)) if day else set()
    found = load_entries(member, first_ids | panel_ids, seen)
    entries: dict[date, list[CalendarEntry]] = defaultdict(list)
    for entry in found:
        if entry.post.pk in first_ids and entry.post.planned_at:
            entries[entry.post.planned_at.astimezone(zone).date()].append(entry)
    days = [
        CalendarDay(one, one.month == first.month, one < today, weights[one], entries[one])
        for one in (start + timedelta(days=n) for n in range((end - start).days))
    ]
    return CalendarMonth(first, today, days, [entry for entry in found if entry.post.pk in panel_ids])


def post_ids_on_day(posts: QuerySet[Post], day: date, zone: ZoneInfo) -> QuerySet[Post, int]:
    found = posts_planned_between(posts, day, day + timedelta(days=1), zone).order_by("planned_at", "pk")
    return found.values_list("pk", flat=True)[:MOST_IN_PANEL]


def planned_posts(member: Member, state: str, profile: int | None) -> QuerySet[Post]:
    posts = list_posts(member, state=state, profile=profile).exclude(planned_at=None).order_by()
    return posts if state == "cancelled" else posts.exclude(state="cancelled")


def posts_planned_between(posts: QuerySet[Post], start: date, end: date, zone: ZoneInfo) -> QuerySet[Post]:
    return posts.filter(
        planned_at__gte=instant_of_clock(start, MIDNIGHT, zone), planned_at__lt=instant_of_clock(end, MIDNIGHT, zone)
    )


def weights_by_day(posts: QuerySet[Post], zone: ZoneInfo, seen: Case) -> dict[date, list[tuple[str, int]]]:
    found: dict[date, list[tuple[str, int]]] = defaultdict(list)
    rows = with_shown_state(posts, seen).annotate(on=TruncDate("planned_at", tzinfo=zone)).values("on", "shown")
    for row in rows.annotate(count=Count("pk")).order_by("on", "shown"):
        found[row["on"]].append((row["shown"], row["count"]))
    return found


def first_ids_of_each_day(posts: QuerySet[Post], zone: ZoneInfo) -> set[int]:
    """Index post_planned finds the range; the numbers are given within each day."""
    number = Window(
        RowNumber(), partition_by=TruncDate("planned_at", tzinfo=zone), order_by=[F("planned_at").asc(), F("pk").asc()]
    )
    return set(posts.annotate(number=number).filter(number__lte=ENTRIES_PER_DAY).values_list("pk", flat=True))


def load_entries(member: Member, ids: set[int], seen: Case) -> list[CalendarEntry]:
    """With what an entry shows, the earliest first."""
    posts = with_shown_state(Post.objects.filter(pk__in=ids), seen).order_by("planned_at", "pk")
    files = Prefetch("revision__attachments", Attachment.objects.select_related("asset"))
    rows = list(posts.select_related("revision").prefetch_related(files))
    profiles = visible_profiles_by_post(rows, member)
    verbs = verbs_on(member, {profile.pk for those in profiles.values() for profile in those})
    return [
        CalendarEntry(
            row,
            row.shown,
            profiles[row.pk],
            movable=is_free_to_move(row, row.shown)
            and all(verb_to_move(row) in verbs[profile.pk] for profile in profiles[row.pk]),
        )
        for row in rows
    ]


def is_free_to_move(post: Post, shown: str) -> bool:
    return shown in WAITING_STATES if post.state == "scheduled" else post.state in POST_MACHINE.arrows["plan"]


def verb_to_move(post: Post) -> str:
    return "publish" if post.state == "scheduled" else "draft"
