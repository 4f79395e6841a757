"""What networks say of their limits while they still accept, and what follows from it before they refuse.

Learnt from the headers of every answer (`Access.on_limit`), whatever was asked.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils.timezone import now as clock

from networks.contract import CallKind, RateLimit
from networks.models import Cursor, Limit, Profile
from networks.outbox.reach import reach_of, rows_reaching

log = logging.getLogger(__name__)

# The part that is used up from which on ...
READS_SLOW_FROM = 0.8  # a profile is asked less often what is new
READS_WAIT_FROM = 0.95  # nobody asks what is new, and nothing is measured
POSTS_WAIT_FROM = 0.98  # what is left is kept for people's replies
POLL_SLOWDOWN = 4  # times


def limit_recorder(profile: Profile) -> Callable[[RateLimit], None]:
    """Learns for `profile`, and for all who share its app. What cannot be written down is learnt from the refusal."""

    def record(limit: RateLimit) -> None:
        try:
            record_limit(profile, limit, clock())
        except DatabaseError as error:
            log.warning("profile %s: a limit was not noted: %s", profile.pk, type(error).__name__)

    return record


def record_limit(profile: Profile, limit: RateLimit, now: datetime) -> None:
    for of in limits_to_hold(limit):
        if of == Limit.Of.ALL and not limit.whole_app:
            hold_profile(profile, limit.resets_at)
        else:
            store_limit(profile, limit, of)
    if limit.counts != CallKind.WRITES and limit.used >= READS_SLOW_FROM:
        later = now + POLL_SLOWDOWN * timedelta(seconds=settings.INBOUND_POLL_SECONDS)
        Cursor.objects.filter(profile=profile).update(next_poll_at=Greatest(F("next_poll_at"), later))


def limits_to_hold(limit: RateLimit) -> list[Limit.Of]:
    """What waits until it resets. Pure."""
    found = []
    if limit.counts != CallKind.WRITES and limit.used >= READS_WAIT_FROM:
        found.append(Limit.Of.READS)
    if limit.counts != CallKind.READS and limit.used >= POSTS_WAIT_FROM:
        found.append(Limit.Of.ALL if limit.used >= 1 else Limit.Of.POSTS)
    return found


def hold_profile(profile: Profile, until: datetime) -> None:
    """Nothing leaves through it before `until`, nor before what was said already."""
    longest = Greatest(Coalesce(F("held_until"), until), until)
    Profile.objects.filter(pk=profile.pk).update(held_until=longest)


def store_limit(profile: Profile, limit: RateLimit, of: Limit.Of) -> None:
    """What the network said last is what holds."""
    one = None if limit.whole_app else profile.pk
    row = Limit(**reach_of(profile), profile_id=one, of=of, until=limit.resets_at)
    unique = ["network", "sandbox", "organization", "profile", "of"]
    Limit.objects.bulk_create([row], update_conflicts=True, unique_fields=unique, update_fields=["until"])


def is_read_limited(now: datetime) -> Exists:
    """Whether the profile of an outer query's row may not be asked anything that can wait."""
    own = Q(profile=None) | Q(profile=OuterRef("profile"))
    return Exists(rows_reaching(Limit, "profile__").filter(own, of=Limit.Of.READS, until__gt=now))
