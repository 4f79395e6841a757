"""A month as weights per day with each day's first entries; a day in full. The same few queries at any volume."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Prefetch, QuerySet, Window
from django.db.models.functions import RowNumber, TruncDate

from organizations.models import Member
from publishing.models import Post
from publishing.queries.posts import listed, visible_profiles, with_shown
from publishing.states import POST
from publishing.times import instant
from teams.access import verbs_on

FIRST = 4  # entries shown in a day's cell
IN_PANEL = 100
PIECES = 8  # of a day's bar
MIDNIGHT = time()


@dataclass
class Day:
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
        shrink = max(1.0, self.total / PIECES)
        return [state for state, count in self.weights for _ in range(max(1, round(count / shrink)))]

    @property
    def more(self) -> int:
        return self.total - len(self.entries)


@dataclass(frozen=True)
class Month:
    first: date
    today: date
    days: list[Day]

    @property
    def previous(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def next(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)


def month_of(member: Member, first: date, *, now: datetime, state: str = "", profile: int | None = None) -> Month:
    """The weeks that touch the month beginning at `first`, in the member's zone."""
    zone = ZoneInfo(member.time_zone)
    today = now.astimezone(zone).date()
    start = first - timedelta(days=first.weekday())
    end = (first + timedelta(days=31)).replace(day=1)
    end += timedelta(days=-end.weekday() % 7)
    posts = between(planned(member, state, profile), start, end, zone)
    days = {
        one: Day(one, one.month == first.month, one < today)
        for one in (start + timedelta(days=n) for n in range((end - start).days))
    }
    weigh(days, posts, zone)
    for post in dressed(member, first_of_each_day(posts, zone)):
        days[post.planned_at.astimezone(zone).date()].entries.append(post)
    return Month(first, today, list(days.values()))


def day_of(member: Member, day: date, *, state: str = "", profile: int | None = None) -> list[Post]:
    zone = ZoneInfo(member.time_zone)
    posts = between(planned(member, state, profile), day, day + timedelta(days=1), zone)
    return dressed(member, posts.order_by("planned_at", "pk")[:IN_PANEL])


def planned(member: Member, state: str, profile: int | None) -> QuerySet[Post]:
    posts = listed(member, state=state, profile=profile).exclude(planned_at=None).order_by()
    return posts if state == "cancelled" else posts.exclude(state="cancelled")


def between(posts: QuerySet[Post], start: date, end: date, zone: ZoneInfo) -> QuerySet[Post]:
    return posts.filter(planned_at__gte=instant(start, MIDNIGHT, zone), planned_at__lt=instant(end, MIDNIGHT, zone))


def weigh(days: dict[date, Day], posts: QuerySet[Post], zone: ZoneInfo) -> None:
    rows = with_shown(posts).annotate(on=TruncDate("planned_at", tzinfo=zone)).values("on", "shown")
    for row in rows.annotate(count=Count("pk")).order_by("on", "shown"):
        days[row["on"]].weights.append((row["shown"], row["count"]))


def first_of_each_day(posts: QuerySet[Post], zone: ZoneInfo) -> QuerySet[Post]:
    """Index post_planned finds the range; the numbers are given within each day."""
    number = Window(
        RowNumber(), partition_by=TruncDate("planned_at", tzinfo=zone), order_by=[F("planned_at").asc(), F("pk").asc()]
    )
    ids = posts.annotate(number=number).filter(number__lte=FIRST).values_list("pk", flat=True)
    return Post.objects.filter(pk__in=list(ids)).order_by("planned_at", "pk")


def dressed(member: Member, posts: QuerySet[Post]) -> list[Post]:
    """With what an entry shows, and whether this member could move it (the action decides for good)."""
    found = list(
        with_shown(posts)
        .select_related("revision")
        .prefetch_related(Prefetch("profiles", visible_profiles(member), to_attr="shown_profiles"))
    )
    verbs = verbs_on(member, {profile.pk for post in found for profile in post.shown_profiles})
    for post in found:
        wanted = "publish" if post.state == "scheduled" else "draft"
        free = post.shown in ("scheduled", "held") if post.state == "scheduled" else post.state in POST.arrows["plan"]
        post.movable = free and all(wanted in verbs[profile.pk] for profile in post.shown_profiles)
    return found
