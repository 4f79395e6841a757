"""Background work of this floor. Every task may run twice, late or never without harm."""

import logging
from datetime import date

from celery import shared_task
from django.core.cache import cache
from django.utils.timezone import now
from kombu.exceptions import OperationalError

from analytics.actions.counting import refresh_day
from analytics.actions.planning import due_profiles, plan_profiles
from analytics.measuring import measure_one
from networks.models import Profile
from networks.tasks import TenantTask

log = logging.getLogger(__name__)

SOON = 2  # seconds
LATER = 10  # seconds; for a day that was counted a moment ago


@shared_task
def measure_due() -> None:
    """Every minute: one task for each profile with something due."""
    at = now()
    plan_profiles(at)
    for organization_id, profile_id in due_profiles(at):
        measure.apply_async((organization_id, profile_id), retry=False, expires=60)


@shared_task(base=TenantTask)
def measure(organization_id: int, profile_id: int) -> None:
    measure_one(profile_id)


def ask_for_count(profile: Profile, day: date, metric: str) -> None:
    """Once for all that happens within a moment; what goes on and on is counted now and then, not at each post."""
    asked = (profile.organization_id, profile.pk, day.isoformat(), metric)
    wait = LATER if cache.get(count_key("counted", asked)) else SOON
    # Forgotten before the count begins, so that what happens from then on is asked for anew.
    if not cache.add(count_key("count", asked), 1, timeout=wait - 1):
        return
    try:
        count.apply_async(asked, countdown=wait, retry=False)
    except OperationalError as error:
        log.warning("a day is counted within the hour, for the broker did not take it now: %s", error)


def count_key(word: str, asked: tuple[object, ...]) -> str:
    return ":".join(map(str, (word, *asked)))


@shared_task(base=TenantTask)
def count(organization_id: int, profile_id: int, day: str, metric: str) -> None:
    cache.set(count_key("counted", (organization_id, profile_id, day, metric)), 1, timeout=LATER)
    profile = Profile.objects.select_related("organization").get(pk=profile_id)
    refresh_day(profile, date.fromisoformat(day), [metric])
