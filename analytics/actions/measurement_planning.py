"""What is to be measured, and when: the rows of Measurement."""

from datetime import datetime, timedelta

from django.db import transaction

from analytics.cadence import WATCHED_FOR
from analytics.models import Measurement
from networks.models import Profile, RemotePost
from networks.outbox.rate_limits import is_read_limited
from organizations.tenancy import require_organization_id

POSTS_AT_ONCE = 100  # posts of one profile in one task
PROFILES_AT_ONCE = 1000
LEASE = timedelta(minutes=10)


def plan_profile_measurements(now: datetime) -> None:
    """A row for every connected profile that has none yet."""
    # unscoped: one scan serves every organization
    new = Profile.unscoped.filter(state="connected").exclude(
        pk__in=Measurement.unscoped.filter(remote_post=None).values("profile")
    )
    Measurement.unscoped.bulk_create(
        [
            Measurement(organization_id=organization_id, profile_id=pk, due_at=now)
            for pk, organization_id in new.values_list("pk", "organization_id")[:PROFILES_AT_ONCE]
        ],
        ignore_conflicts=True,
    )


def plan_post_measurement(post: RemotePost, now: datetime) -> None:
    """A post that was just sent is measured at the next scan. Planning it twice is harmless."""
    row = Measurement(organization_id=post.organization_id, profile_id=post.profile_id, remote_post=post, due_at=now)
    Measurement.objects.bulk_create([row], ignore_conflicts=True)


def plan_missing_measurements(profile: Profile, now: datetime) -> None:
    """A row for every young post of ours that has none: sent when nobody heard the signal."""
    new = RemotePost.objects.filter(
        profile=profile, kind="post", published_at__gt=now - WATCHED_FOR, measurement=None
    ).exclude(outgoing=None)
    Measurement.objects.bulk_create(
        [
            Measurement(organization_id=require_organization_id(), profile=profile, remote_post_id=pk, due_at=now)
            for pk in new.values_list("pk", flat=True)
        ],
        ignore_conflicts=True,
    )


def due_profiles(now: datetime) -> list[tuple[int, int]]:
    """(organization, profile) of everything due; index measurement_due."""
    # unscoped: one scan serves every organization
    due = Measurement.unscoped.filter(due_at__lte=now, profile__state="connected").exclude(is_read_limited(now))
    return list(due.values_list("organization_id", "profile_id").distinct()[:PROFILES_AT_ONCE])


@transaction.atomic
def claim_measurements(profile_id: int, now: datetime) -> list[Measurement]:
    """Rows of one profile that this worker measures now. A worker that dies leaves them due after the lease."""
    due = Measurement.objects.filter(profile_id=profile_id, due_at__lte=now).select_related("remote_post")
    rows = list(due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at")[:POSTS_AT_ONCE])
    Measurement.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=now + LEASE)
    return rows


@transaction.atomic
def postpone_measurements(rows: list[Measurement], *, until: datetime, reason: str) -> None:
    """Nothing was learned; the reason is kept, on the profile's row too, so that the page can say why."""
    Measurement.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=until, error=reason[:500])
    profiles = {row.profile_id for row in rows}
    Measurement.objects.filter(profile__in=profiles, remote_post=None).update(error=reason[:500])
