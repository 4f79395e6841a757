"""What the first page says: what waits for me, what goes out, who waits for an answer, how it went, what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.definitions import METRIC_BY_KEY, SOURCE_LABELS, Metric, Source
from analytics.derive import day_of
from analytics.models import Rollup
from analytics.period import last_days
from foundation.texts.number_format import format_number
from inbox.access import conversations_for
from networks.models import Held, Outgoing, Profile
from organizations.models import Member
from publishing.access import deliveries_for, is_post_owner
from publishing.models import Delivery, Post
from publishing.queries.delivery_parts import delivery_state_filter, load_parts
from publishing.queries.queue import overdue_alarm, visible_rows
from socialops.overview.my_work import WorkItem, item_of_delivery, list_my_work, sort_by_urgency
from teams.access import profiles_for

UPCOMING_WITHIN = timedelta(hours=24)
SCORE_METRICS = ("posts_sent", "replies_sent", "replies")
SCORE_DAYS = 7
MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One of the first things that an organization does, and the one place where it is done."""

    title: str
    why: str
    url: str
    action: str
    done: bool
    next: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """One of the numbers of the last days, beside as many days before."""

    metric: Metric
    value: int | None
    previous: int | None
    as_of: datetime | None

    @property
    def source(self) -> str:
        return str(SOURCE_LABELS[self.metric.source])


def home_context(member: Member, now: datetime) -> dict[str, Any]:
    slug = member.organization.slug
    stuck = load_parts(stuck_deliveries(member))
    mine = [one for one in stuck if is_post_owner(member, one.delivery.post)]
    others = [item_of_delivery(slug, one) for one in stuck if not is_post_owner(member, one.delivery.post)]
    return {
        "steps": list_first_steps(member),
        "mine": list_my_work(member, mine),
        "going": list(upcoming_deliveries(member, now)),
        "unanswered": count_unanswered(member),
        "scores": list_scores(member, now),
        "trouble": [
            *items_of_queue(member, now),
            *(item_of_profile(member, one) for one in disconnected_profiles(member)),
            *sort_by_urgency(others),
        ],
    }


def list_first_steps(member: Member) -> list[FirstStep]:
    """For those who can take them, until all are taken."""
    if not member.is_admin:
        return []
    done = [
        bool(member.user.name),
        Profile.objects.exists(),
        Post.objects.exists(),
        Member.objects.exclude(pk=member.pk).exists(),
        Outgoing.objects.filter(state="sent").exists(),
    ]
    if all(done):
        return []
    slug = member.organization.slug
    words = (
        (_("Say who you are"), _("Your name for your colleagues, and the clock you plan on."), "organizations:you"),
        (_("Connect a profile"), _("A practice one takes a minute, and nobody outside sees it."), "profiles:connect"),
        (_("Write a post"), _("Nothing leaves before you say so."), "publishing:compose"),
        (_("Invite a colleague"), _("To approve, to answer, or only to look."), "organizations:settings"),
        (_("See it arrive"), _("Your first post on the network, as its readers see it."), "publishing:queue"),
    )
    verbs = (_("Name and time zone"), _("Connect"), _("Compose"), _("Invite"), _("Watch it leave"))
    steps = [
        FirstStep(title, why, reverse(name, args=[slug]), verb, ready, next=not ready and all(done[:at]))
        for at, ((title, why, name), verb, ready) in enumerate(zip(words, verbs, done, strict=True))
    ]
    return [*steps[:-1], replace(steps[-1], url=practice_page_url(slug) or steps[-1].url)]


def practice_page_url(slug: str) -> str:
    """The practice network's own page of the first practice profile; empty where there is none."""
    profile = Profile.objects.filter(sandbox=True).order_by("pk").first()
    if profile is None:
        return ""
    return reverse("sandbox:watch", kwargs={"slug": slug, "network": profile.network, "handle": profile.handle})


def stuck_deliveries(member: Member) -> QuerySet[Delivery]:
    late = Q(outgoing__state="waiting", outgoing__held=Held.TOO_LATE)
    rows = deliveries_for(member).filter(delivery_state_filter("failed") | delivery_state_filter("unknown") | late)
    return rows.select_related("post__author", "revision", "profile", "outgoing").order_by("-pk")[:MOST_LISTED]


def upcoming_deliveries(member: Member, now: datetime) -> QuerySet[Delivery]:
    soon = Q(outgoing__state="sending") | Q(outgoing__state="waiting", outgoing__planned_at__lt=now + UPCOMING_WITHIN)
    rows = deliveries_for(member).filter(soon).exclude(outgoing__held=Held.TOO_LATE)
    rows = rows.select_related("post", "revision", "profile", "outgoing")
    return rows.order_by("outgoing__planned_at", "pk")[:MOST_LISTED]


def count_unanswered(member: Member) -> dict[str, Any]:
    waiting = conversations_for(member).filter(state="open").exclude(unanswered_since=None)
    return waiting.aggregate(count=Count("pk"), oldest=Min("unanswered_since"))


def disconnected_profiles(member: Member) -> QuerySet[Profile]:
    return profiles_for(member, to="view").filter(state="disconnected").order_by("name", "pk")[:MOST_LISTED]


def list_scores(member: Member, now: datetime) -> list[Score]:
    """Three numbers in one query. Nothing where there is no profile that the member may analyse."""
    week = last_days(SCORE_DAYS, day_of(now, ZoneInfo(member.organization.time_zone)))
    inside = Q(profile__in=profiles_for(member, to="analyse").values("pk"), metric__in=SCORE_METRICS)
    rows = Rollup.objects.filter(inside, day__gte=week.before.first, day__lte=week.last)
    current = Sum("value", filter=Q(day__gte=week.first))
    earlier = Sum("value", filter=Q(day__lt=week.first))
    sums = rows.values("metric").annotate(now=current, before=earlier, at=Max("as_of")).order_by()
    found = {row["metric"]: row for row in sums}
    return [build_score(METRIC_BY_KEY[key], found.get(key, {})) for key in SCORE_METRICS] if found else []


def build_score(metric: Metric, row: Mapping[str, Any]) -> Score:
    nothing = 0 if metric.source is Source.OWN else None
    value, previous = (nothing if row.get(name) is None else row[name] for name in ("now", "before"))
    return Score(metric, value, previous, row.get("at"))


def item_of_profile(member: Member, profile: Profile) -> WorkItem:
    slug = member.organization.slug
    url = reverse("profiles:profile", args=[slug, profile.pk])
    action = _("See why")
    if member.is_admin:
        url = f"{reverse('profiles:connect', args=[slug])}?profile={profile.pk}"
        action = _("Connect again")
    title = _("Nothing leaves or comes in until it is connected again.")
    return WorkItem(f"profile-{profile.pk}", profile.state, title, None, url, action, profile, profile.state_reason)


def items_of_queue(member: Member, now: datetime) -> list[WorkItem]:
    """What should have left on the member's profiles, and nothing known holds it."""
    late = overdue_alarm(visible_rows(member), now)
    if late is None:
        return []
    title = ngettext(
        "%s should have left and has not.", "%s should have left and have not.", late.count
    ) % format_number(late.count)
    reason = _("The background processes do not keep up; nothing is lost")
    url = reverse("publishing:queue", args=[member.organization.slug])
    return [WorkItem("overdue", "overdue", title, late.since, url, _("See the queue"), None, reason, due=True)]
