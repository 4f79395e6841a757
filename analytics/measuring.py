"""Asks one profile's network for the numbers that are due: claim, call, store, never inside one transaction."""

from collections.abc import Callable
from datetime import datetime

from django.utils.timezone import now as clock

from analytics.actions.counting import refresh_recent
from analytics.actions.planning import claim_due, plan_posts, put_off
from analytics.actions.storing import store_posts, store_profile
from analytics.cadence import AFTER_FAILURE
from analytics.models import Measurement
from networks.access import open_adapter
from networks.contract import Measures
from networks.errors import NetworkError, RateLimited
from networks.models import Profile

NO_NUMBERS = "This network does not tell its numbers."


def measure_one(profile_id: int) -> None:
    """Everything due of one profile, in its organization's scope."""
    profile = Profile.objects.select_related("credential", "organization").filter(pk=profile_id).first()
    if profile is None or profile.state != "connected":
        return
    at = clock()
    rows = claim_due(profile_id, at)
    own = [row for row in rows if row.remote_post_id is None]
    posts = [row for row in rows if row.remote_post_id is not None]
    try:
        adapter = open_adapter(profile)
    except NetworkError as error:  # the sign-in could not be renewed just now
        put_off(rows, until=at + AFTER_FAILURE, reason=error.user_message)
        return
    if not isinstance(adapter, Measures):
        put_off(rows, until=at + AFTER_FAILURE, reason=NO_NUMBERS)
        return
    if posts:
        guarded(posts, at, lambda: measure_posts(profile, adapter, posts, at))
    if own:
        plan_posts(profile, at)
        refresh_recent(profile, at)
        guarded(own, at, lambda: store_profile(profile, adapter.measure_profile(), now=at))


def measure_posts(profile: Profile, adapter: Measures, rows: list[Measurement], at: datetime) -> None:
    answers = adapter.measure_posts([row.remote_post.remote_id for row in rows])
    store_posts(profile, rows, answers, now=at)


def guarded(rows: list[Measurement], at: datetime, work: Callable[[], None]) -> None:
    try:
        work()
    except RateLimited as error:
        put_off(rows, until=error.retry_at, reason=error.user_message)
    except NetworkError as error:
        put_off(rows, until=at + AFTER_FAILURE, reason=error.user_message)
