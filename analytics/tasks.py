"""Background work of this floor. Every task may run twice, late or never without harm."""

import logging
from datetime import date

from celery import shared_task
from django.core.cache import cache
from django.utils.timezone import now
from kombu.exceptions import OperationalError

from analytics.actions.measurement_planning import due_profiles, plan_profile_measurements
from analytics.actions.own_counts import refresh_day
from analytics.measuring import measure_due_numbers
from networks.models import Profile
from organizations.tenancy import TenantTask

log = logging.getLogger(__name__)

COUNT_DELAY = 2  # seconds
RECOUNT_DELAY = 10  # seconds; for a day that was counted a moment ago


@shared_task
def measure_due() -> None:
    """Every minute: one task for each profile with something due."""
    at = now()
    plan_profile_measurements(at)
    for organization_id, profile_id in due_profiles(at):
        measure.apply_async((organization_id, profile_id), retry=False, expires=60)


@shared_task(base=TenantTask)
def measure(organization_id: int, profile_id: int) -> None:
    measure_due_numbers(profile_id)


def request_count(profile: Profile, day: date, metric: str) -> None:
    """Once for all that happens within a moment; what goes on and on is counted now and then, not at each post."""
    asked = (profile.organization_id, profile.pk, day.isoformat(), metric)
    key, wait = count_cache_key("count", asked), COUNT_DELAY
    # Forgotten before the count begins, so that what happens from then on is asked for anew.
    if not cache.add(key, 1, timeout=wait - 1):
        return
    if cache.get(count_cache_key("counted", asked)):
        wait = RECOUNT_DELAY
        cache.set(key, 1, timeout=wait - 1)
    try:
        count.apply_async(asked, countdown=wait, retry=False)
    except OperationalError as error:
        log.warning("a day is counted within the hour, for the broker did not take it now: %s", error)


def count_cache_key(word: str, asked: tuple[object, ...]) -> str:
    return ":".join(map(str, (word, *asked)))


@shared_task(base=TenantTask)
def count(organization_id: int, profile_id: int, day: str, metric: str) -> None:
    cache.set(count_cache_key("counted", (organization_id, profile_id, day, metric)), 1, timeout=RECOUNT_DELAY)
    profile = Profile.objects.select_related("organization").get(pk=profile_id)
    refresh_day(profile, date.fromisoformat(day), [metric])
