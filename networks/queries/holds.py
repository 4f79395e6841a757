"""What keeps a whole profile from sending, the same on every page and over REST."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from networks.models import Profile
from networks.readiness import OF_PROFILE, Hold, held_profiles, keeps, limited_until, refusal
from networks.registry import adapter_class


@dataclass(frozen=True, slots=True)
class Wait:
    """What keeps everything on a profile from leaving, by the words of HOLDS; `until` where that is known."""

    hold: str
    reason: str
    until: datetime | None = None


def with_waits(profiles: QuerySet[Profile, Any], now: datetime) -> QuerySet[Profile, Any]:
    """Adds what `wait_of` reads, without a query per row."""
    kept = {f"is_{hold.word}": keeps(hold.word, now=now) for hold in OF_PROFILE}
    return profiles.annotate(refusal=refusal(), limited_until=limited_until(now=now), **kept)


def waits_of(profile: Profile) -> Iterator[Wait]:
    """All that keeps its posts from leaving, of a profile read `with_waits`; what a person can end comes first.

    That it is not connected is its health, and not told here.
    """
    for hold in OF_PROFILE:
        if hold.word != "disconnected" and getattr(profile, f"is_{hold.word}"):
            yield wait(profile, hold)


def wait(profile: Any, hold: Hold) -> Wait:
    reason = profile.refusal if hold.word == "refused" else ""
    known = hold.why % {"network": adapter_class(profile.network).label}
    return Wait(hold.word, reason or known, profile.limited_until if hold.word == "limit" else None)


def wait_of(profile: Profile) -> Wait | None:
    return next(waits_of(profile), None)


def holds_by_profile(profile_ids: Iterable[int], now: datetime) -> dict[int, frozenset[str]]:
    """For each profile the words of HOLDS that its posts wait for at this moment; none where they may leave."""
    profiles = Profile.objects.filter(pk__in=list(profile_ids))
    held = held_profiles(profiles, now)
    return {
        pk: frozenset(word for word, ids in held.items() if pk in ids) for pk in profiles.values_list("pk", flat=True)
    }
