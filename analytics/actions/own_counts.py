"""Our own counts: one day of one profile, counted again whenever something of that day changed.

Counting a day afresh from its rows (instead of adding one for each event) makes it idempotent and independent of
order: a signal that comes twice, late or not at all cannot make a count wrong for longer than the hourly recount.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import now as clock

from analytics.actions.metric_storage import lock_profile_measurement, profile_zone, set_rollup
from analytics.definitions import OWN_KEYS
from analytics.derive import day_bounds, day_of
from analytics.models import Rollup
from foundation.processes import realtime
from inbox.models import Message
from networks.models import Profile, RemotePost

Interval = tuple[datetime, datetime]


def sent_posts(profile: Profile, between: Interval, kind: str) -> QuerySet[RemotePost]:
    """Ours, for they have a row in the outbox; index remote_post_newest."""
    start, end = between
    rows = RemotePost.objects.filter(profile=profile, kind=kind, published_at__gte=start, published_at__lt=end)
    return rows.exclude(outgoing=None)


def received_messages(profile: Profile, between: Interval) -> QuerySet[Message]:
    start, end = between
    return Message.objects.filter(profile=profile, direction="in", sent_at__gte=start, sent_at__lt=end)


COUNT_QUERIES: dict[str, Callable[[Profile, Interval], QuerySet[Any]]] = {
    "posts_sent": lambda profile, between: sent_posts(profile, between, "post"),
    "replies_sent": lambda profile, between: sent_posts(profile, between, "reply"),
    "messages_in": received_messages,
}


@transaction.atomic
def refresh_day(profile: Profile, day: date, metrics: Iterable[str] = OWN_KEYS) -> None:
    """Counts `metrics` of `day` again. Whoever holds the lock last sees everything that was committed before."""
    lock_profile_measurement(profile)
    between = day_bounds(day, day, profile_zone(profile))
    for metric in metrics:
        count = COUNT_QUERIES[metric](profile, between).count()
        if count or Rollup.objects.filter(profile=profile, day=day, metric=metric).exists():
            set_rollup(profile, day, metric, count, clock())
    realtime.ping(profile.organization_id, "analytics")


def refresh_recent(profile: Profile, now: datetime) -> None:
    """Today and yesterday: the backstop for signals that were lost with their process."""
    today = day_of(now, profile_zone(profile))
    for day in (today - timedelta(days=1), today):
        refresh_day(profile, day)
