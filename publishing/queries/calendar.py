"""A month as weights per day with each day's first entries; a day in full. The same few queries at any volume."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, Prefetch, QuerySet, Window
from django.db.models.functions import RowNumber, TruncDate

from organizations.models import Member
from publishing.models import Attachment, Post
from publishing.planning.planned_times import instant_of_clock
from publishing.queries.posts import list_posts, shown_state_case, visible_profiles, with_shown_state
from publishing.states import POST_MACHINE, WAITING_STATES
from teams.access import verbs_on

ENTRIES_PER_DAY = 3  # entries shown in a day's cell
MOST_IN_PANEL = 100
BAR_PIECES = 8  # of a day's bar
MIDNIGHT = time()


@dataclass
class CalendarDay:
    date: date
    inside: bool  # of the month that is shown
    past: bool
    weights: list[tuple[str, int]] = field(default_factory=list)
    entries: list[Post] = field(default_factory=list)

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


@dataclass(frozen=True)
class CalendarMonth:
    first: date
    today: date
    days: list[CalendarDay]
    panel: list[Post]  # of the day that is open

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
    days = {
        one: CalendarDay(one, one.month == first.month, one < today)
        for one in (start + timedelta(days=n) for n in range((end - start).days))
    }
    seen = shown_state_case()
    fill_day_weights(days, posts, zone, seen)
    first_ids = first_ids_of_each_day(posts, zone)
    panel_ids = set(post_ids_on_day(planned_posts(member, state, profile), day, zone)) if day else set()
    panel = []
    for post in load_entries(member, first_ids | panel_ids, seen):
        if post.pk in first_ids:
            days[post.planned_at.astimezone(zone).date()].entries.append(post)
        if post.pk in panel_ids:
            panel.append(post)
    return CalendarMonth(first, today, list(days.values()), panel)


def post_ids_on_day(posts: QuerySet[Post], day: date, zone: ZoneInfo) -> QuerySet[Post]:
    found = posts_planned_between(posts, day, day + timedelta(days=1), zone).order_by("planned_at", "pk")
    return found.values_list("pk", flat=True)[:MOST_IN_PANEL]


def planned_posts(member: Member, state: str, profile: int | None) -> QuerySet[Post]:
    posts = list_posts(member, state=state, profile=profile).exclude(planned_at=None).order_by()
    return posts if state == "cancelled" else posts.exclude(state="cancelled")


def posts_planned_between(posts: QuerySet[Post], start: date, end: date, zone: ZoneInfo) -> QuerySet[Post]:
    return posts.filter(
        planned_at__gte=instant_of_clock(start, MIDNIGHT, zone), planned_at__lt=instant_of_clock(end, MIDNIGHT, zone)
    )


def fill_day_weights(days: dict[date, CalendarDay], posts: QuerySet[Post], zone: ZoneInfo, seen: Case) -> None:
    rows = with_shown_state(posts, seen).annotate(on=TruncDate("planned_at", tzinfo=zone)).values("on", "shown")
    for row in rows.annotate(count=Count("pk")).order_by("on", "shown"):
        days[row["on"]].weights.append((row["shown"], row["count"]))


def first_ids_of_each_day(posts: QuerySet[Post], zone: ZoneInfo) -> set[int]:
    """Index post_planned finds the range; the numbers are given within each day."""
    number = Window(
        RowNumber(), partition_by=TruncDate("planned_at", tzinfo=zone), order_by=[F("planned_at").asc(), F("pk").asc()]
    )
    return set(posts.annotate(number=number).filter(number__lte=ENTRIES_PER_DAY).values_list("pk", flat=True))


def load_entries(member: Member, ids: set[int], seen: Case) -> list[Post]:
    """With what an entry shows, and whether this member could move it (the action decides for good)."""
    found = list(
        with_shown_state(Post.objects.filter(pk__in=ids), seen)
        .order_by("planned_at", "pk")
        .select_related("revision")
        .prefetch_related(
            Prefetch("profiles", visible_profiles(member), to_attr="shown_profiles"),
            Prefetch("revision__attachments", Attachment.objects.select_related("asset")),
        )
    )
    verbs = verbs_on(member, {profile.pk for post in found for profile in post.shown_profiles})
    for post in found:
        wanted = "publish" if post.state == "scheduled" else "draft"
        free = post.shown in WAITING_STATES if post.state == "scheduled" else post.state in POST_MACHINE.arrows["plan"]
        post.networks = list(dict.fromkeys(profile.network for profile in post.shown_profiles))
        post.movable = free and all(wanted in verbs[profile.pk] for profile in post.shown_profiles)
    return found
