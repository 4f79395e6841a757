"""Profiles are followed: what they are called on their networks, and how they look there, some day is another."""

import logging
from datetime import datetime
from time import monotonic

from django.db.models import F, Q
from django.utils.timezone import now as clock

from foundation.processes.seats import seat
from networks import errors
from networks.access import may_renew, open_adapter
from networks.actions.profiles import IDENTIFIED_EVERY, refresh_profile
from networks.models import Cursor, Profile
from networks.outbox import limits
from networks.outbox.settling import disconnect
from organizations.actors import System
from organizations.tenancy import scope

log = logging.getLogger(__name__)

AT_ONCE = 50
TURN = 60  # seconds


def due_profiles(now: datetime) -> list[tuple[int, int]]:
    """(organization, profile) of those to be asked by now, those never asked first. Index profile_to_identify."""
    due = Q(profile__identify_at=None) | Q(profile__identify_at__lte=now)
    # unscoped: one task serves every organization
    rows = Cursor.unscoped.filter(due, profile__state="connected").exclude(limits.reads_wait(now))
    rows = rows.order_by(F("profile__identify_at").asc(nulls_first=True), "pk")
    return list(rows.values_list("organization_id", "profile_id")[:AT_ONCE])


def identify_due(now: datetime) -> None:
    """One after the other, and for a while only: for a network that hangs nobody else waits until tomorrow."""
    until = monotonic() + TURN
    with seat("identify", 1) as free:
        for organization_id, profile_id in due_profiles(now) if free else ():
            if monotonic() < until:
                with scope(organization_id):
                    identify_profile(profile_id)


def identify_profile(profile_id: int) -> None:
    """Asks a network who its profile is by now. The next time is set first: what fails is not asked at once again."""
    rows = Profile.objects.filter(pk=profile_id, state="connected")
    profile = rows.select_related("credential").first()
    if profile is None:
        return
    rows.update(identify_at=clock() + IDENTIFIED_EVERY)
    try:
        found = open_adapter(profile).identify()
    except errors.NetworkError as error:
        log.info("profile %s could not be identified: %s", profile_id, error.detail)
        if isinstance(error, errors.Disconnected) and not may_renew(profile, error):
            disconnect(profile, error.user_message)
        return
    refresh_profile(System("networks"), profile, found)
