"""Background work of this floor. Every task may run twice, late or never without harm."""

from celery import shared_task
from django.utils.timezone import now

from analytics.actions.planning import due_profiles, plan_profiles
from analytics.measuring import measure_one
from networks.tasks import TenantTask


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
