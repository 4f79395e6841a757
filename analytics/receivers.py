"""What this floor does when the floors below tell it something: plan to measure a post, count a day again."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils.timezone import now

from analytics.actions.counting import refresh_day
from analytics.actions.planning import plan_post
from analytics.actions.storing import zone_of
from analytics.derive import day_of
from networks.contract import Inbound
from networks.models import Outgoing, Profile
from networks.signals import inbound_received, outgoing_settled
from organizations.tenancy import scope


@receiver(outgoing_settled)
def measure_what_was_sent(outgoing: Outgoing, **_: Any) -> None:
    post = getattr(outgoing, "remote_post", None)
    if outgoing.state != "sent" or post is None:
        return
    if post.kind == "post":
        plan_post(post, now())
    metric = "posts_sent" if post.kind == "post" else "replies_sent"
    count_again(outgoing.profile, {day_of(post.published_at, zone_of(outgoing.profile))}, metric)


@receiver(inbound_received)
def count_what_came_in(profile: Profile, items: list[Inbound], **_: Any) -> None:
    zone = zone_of(profile)
    count_again(profile, {day_of(item.sent_at, zone) for item in items}, "messages_in")


def count_again(profile: Profile, days: Iterable[date], metric: str) -> None:
    """After the commit, when other receivers have stored what they store; then the signal's scope may be over."""
    for day in sorted(days):
        transaction.on_commit(partial(count_in_scope, profile, day, metric), robust=True)


def count_in_scope(profile: Profile, day: date, metric: str) -> None:
    with scope(profile.organization_id):
        refresh_day(profile, day, [metric])
