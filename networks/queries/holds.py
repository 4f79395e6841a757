"""What keeps a whole profile from sending, the same on every page and over REST."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from networks.models import Profile
from networks.readiness import PROFILE_HOLDS, Hold, held_profile_ids, is_held_by, limited_until, refusal_reason
from networks.registry import adapter_class


@dataclass(frozen=True, slots=True)
class ProfileWait:
    """What keeps everything on a profile from leaving, by the words of HOLDS; `until` where that is known."""

    hold: str
    reason: str
    until: datetime | None = None


def annotate_waits(profiles: QuerySet[Profile, Any], now: datetime) -> QuerySet[Profile, Any]:
    """Adds what `wait_of` reads, without a query per row."""
    kept = {f"is_{hold.word}": is_held_by(hold.word, now=now) for hold in PROFILE_HOLDS}
    return profiles.annotate(refusal=refusal_reason(), limited_until=limited_until(now=now), **kept)


def waits_of(profile: Profile) -> Iterator[ProfileWait]:
    """All that keeps its posts from leaving, of a profile read `with_waits`; what a person can end comes first.

    That it is not connected is its health, and not told here.
    """
    for hold in PROFILE_HOLDS:
        if hold.word != "disconnected" and getattr(profile, f"is_{hold.word}"):
            yield build_wait(profile, hold)


def build_wait(profile: Any, hold: Hold) -> ProfileWait:
    reason = profile.refusal if hold.word == "refused" else ""
    known = hold.why % {"network": adapter_class(profile.network).label}
    return ProfileWait(hold.word, reason or known, profile.limited_until if hold.word == "limit" else None)


def first_wait_of(profile: Profile) -> ProfileWait | None:
    return next(waits_of(profile), None)


def holds_by_profile(profile_ids: Iterable[int], now: datetime) -> dict[int, frozenset[str]]:
    """For each profile the words of HOLDS that its posts wait for at this moment; none where they may leave."""
    profiles = Profile.objects.filter(pk__in=list(profile_ids))
    held = held_profile_ids(profiles, now)
    return {
        pk: frozenset(word for word, ids in held.items() if pk in ids) for pk in profiles.values_list("pk", flat=True)
    }
