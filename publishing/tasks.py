"""What this floor does by itself. Every task may run twice, late or never without harm."""

from celery import shared_task
from django.utils.timezone import now

from publishing.media.unused_files import purge_unused_files
from publishing.planning.fallback_runs import apply_fallback_plans
from publishing.planning.overdue_notices import watch_overdue_rows


@shared_task
def watch_queue() -> None:
    """Tells admins where something should have left and has not."""
    watch_overdue_rows(now())


@shared_task
def stand_in_for_silent() -> None:
    """Carries out the plans for networks that do not answer."""
    apply_fallback_plans(now())


@shared_task
def purge_files() -> None:
    """Removes files that were uploaded and never used."""
    purge_unused_files(now())
