"""Asks one profile's network for the numbers that are due: claim, call, store, never inside one transaction."""

from collections.abc import Callable
from datetime import datetime

from django.utils.timezone import now as clock

from analytics.actions.measurement_planning import claim_measurements, plan_missing_measurements, postpone_measurements
from analytics.actions.metric_storage import store_post_metrics, store_profile_metrics
from analytics.actions.own_counts import refresh_recent
from analytics.cadence import AFTER_FAILURE
from analytics.models import Measurement
from networks.access import open_adapter
from networks.contract import Measures
from networks.errors import NetworkError, RateLimited
from networks.models import Profile

NO_NUMBERS = "This network does not tell its numbers."


def measure_due_numbers(profile_id: int) -> None:
    """Everything due of one profile, in its organization's scope."""
    profile = Profile.objects.select_related("credential", "organization").filter(pk=profile_id).first()
    if profile is None or profile.state != "connected":
        return
    at = clock()
    rows = claim_measurements(profile_id, at)
    own = [row for row in rows if row.remote_post_id is None]
    posts = [row for row in rows if row.remote_post_id is not None]
    try:
        adapter = open_adapter(profile)
    except NetworkError as error:  # the sign-in could not be renewed just now
        postpone_measurements(rows, until=at + AFTER_FAILURE, reason=error.user_message)
        return
    if not isinstance(adapter, Measures):
        postpone_measurements(rows, until=at + AFTER_FAILURE, reason=NO_NUMBERS)
        return
    if posts:
        postpone_on_error(posts, at, lambda: measure_posts(profile, adapter, posts, at))
    if own:
        plan_missing_measurements(profile, at)
        refresh_recent(profile, at)
        postpone_on_error(own, at, lambda: store_profile_metrics(profile, adapter.measure_profile(), now=at))


def measure_posts(profile: Profile, adapter: Measures, rows: list[Measurement], at: datetime) -> None:
    answers = adapter.measure_posts([row.remote_post.remote_id for row in rows if row.remote_post is not None])
    store_post_metrics(profile, rows, answers, now=at)


def postpone_on_error(rows: list[Measurement], at: datetime, work: Callable[[], None]) -> None:
    try:
        work()
    except RateLimited as error:
        postpone_measurements(rows, until=error.retry_at, reason=error.user_message)
    except NetworkError as error:
        postpone_measurements(rows, until=at + AFTER_FAILURE, reason=error.user_message)
