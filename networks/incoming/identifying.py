"""Profiles are followed: what they are called on their networks, and how they look there, some day is another."""

import logging
from datetime import datetime
from time import monotonic

from django.db.models import F, Q
from django.utils.timezone import now as clock

from foundation.processes.advisory_permits import advisory_permit
from networks import errors
from networks.access import may_renew_sign_in, open_adapter
from networks.actions.profiles import IDENTIFY_INTERVAL, refresh_profile
from networks.models import Cursor, Profile
from networks.outbox import rate_limits
from networks.outbox.settling import disconnect_profile
from organizations.actors import System
from organizations.tenancy import scope

log = logging.getLogger(__name__)

IDENTIFY_BATCH = 50
IDENTIFY_SECONDS = 60  # seconds


def list_profiles_to_identify(now: datetime) -> list[tuple[int, int]]:
    """(organization, profile) of those to be asked by now, those never asked first. Index profile_to_identify."""
    due = Q(profile__identify_at=None) | Q(profile__identify_at__lte=now)
    # unscoped: one task serves every organization
    rows = Cursor.unscoped.filter(due, profile__state="connected").exclude(rate_limits.is_read_limited(now))
    rows = rows.order_by(F("profile__identify_at").asc(nulls_first=True), "pk")
    return list(rows.values_list("organization_id", "profile_id")[:IDENTIFY_BATCH])


def identify_due_profiles(now: datetime) -> None:
    """One after the other, and for a while only: for a network that hangs nobody else waits until tomorrow."""
    until = monotonic() + IDENTIFY_SECONDS
    with advisory_permit("identify", 1) as free:
        for organization_id, profile_id in list_profiles_to_identify(now) if free else ():
            if monotonic() < until:
                with scope(organization_id):
                    identify_profile(profile_id)


def identify_profile(profile_id: int) -> None:
    """Asks a network who its profile is by now. The next time is set first: what fails is not asked at once again."""
    rows = Profile.objects.filter(pk=profile_id, state="connected")
    profile = rows.select_related("credential").first()
    if profile is None:
        return
    rows.update(identify_at=clock() + IDENTIFY_INTERVAL)
    try:
        found = open_adapter(profile).identify()
    except errors.NetworkError as error:
        log.info("profile %s could not be identified: %s", profile_id, error.detail)
        if isinstance(error, errors.Disconnected) and not may_renew_sign_in(profile, error):
            disconnect_profile(profile, error.user_message)
        return
    refresh_profile(System("networks"), profile, found)
