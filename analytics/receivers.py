"""What this floor does when the floors below tell it something: plan to measure a post, count a day again."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils.timezone import now

from analytics.actions.measurement_planning import plan_post_measurement
from analytics.actions.metric_storage import profile_zone
from analytics.derive import day_of
from analytics.tasks import request_count
from networks.contract import Inbound
from networks.models import Outgoing, Profile
from networks.signals import inbound_received, outgoing_settled


@receiver(outgoing_settled)
def measure_what_was_sent(outgoing: Outgoing, **_: Any) -> None:
    post = getattr(outgoing, "remote_post", None)
    if outgoing.state != "sent" or post is None:
        return
    if post.kind == "post":
        plan_post_measurement(post, now())
    metric = "posts_sent" if post.kind == "post" else "replies_sent"
    schedule_count(outgoing.profile, {day_of(post.published_at, profile_zone(outgoing.profile))}, metric)


@receiver(inbound_received)
def count_what_came_in(profile: Profile, items: list[Inbound], **_: Any) -> None:
    zone = profile_zone(profile)
    schedule_count(profile, {day_of(item.sent_at, zone) for item in items}, "messages_in")


def schedule_count(profile: Profile, days: Iterable[date], metric: str) -> None:
    """After the commit, when other receivers have stored what they store."""
    for day in sorted(days):
        transaction.on_commit(partial(request_count, profile, day, metric), robust=True)
