"""Why nothing leaves: the words for it, the same on every page and over REST, and what holds a whole profile."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as later

from networks.models import Limit, Profile
from networks.outbox.circuits import open_since, refusal
from networks.outbox.reach import reaching
from networks.registry import adapter_class

HELD = {  # hold: (what is known, what happens next; this ends in a colon where its end is known)
    "disconnected": (later("The profile is not connected."), later("It leaves once the profile is connected again.")),
    "paused": (later("Publishing is paused here."), later("It waits until the pause ends.")),
    "too_late": (later("Its time has passed. It waits for somebody to decide."), ""),
    "chain": (later("The part before it has not left yet."), later("It follows as soon as that one is there.")),
    "down": (later("%(network)s does not answer."), later("It leaves by itself once the network answers again.")),
    "refused": (later("%(network)s takes nothing from our app."), later("It leaves once that is put right.")),
    "limit": (later("%(network)s takes no more from this profile for now."), later("It leaves when that is over:")),
}


@dataclass(frozen=True, slots=True)
class Wait:
    """What keeps everything on a profile from leaving, by the words of HELD; `until` where that is known."""

    hold: str
    reason: str
    until: datetime | None = None


def with_waits(profiles: QuerySet[Profile, Any], now: datetime) -> QuerySet[Profile, Any]:
    """Adds what `wait_of` reads, without a query per row."""
    own = Q(profile=None) | Q(profile=OuterRef("pk"))
    found = reaching(Limit).filter(own, until__gt=now).exclude(of=Limit.Of.READS).values("network")
    return profiles.annotate(
        down_since=open_since(),
        refusal=refusal(),
        limited_until=Subquery(found.annotate(last=Max("until")).values("last")),
    )


def waits_of(profile: Profile, now: datetime) -> Iterator[Wait]:
    """All that keeps its posts from leaving, of a profile read `with_waits`; what a person can end comes first.

    That it is not connected is its health, and not told here.
    """
    row: Any = profile
    words = {"network": adapter_class(profile.network).label}
    until = max(filter(None, (profile.held_until, row.limited_until)), default=None)
    if profile.pause:
        yield Wait("paused", str(HELD["paused"][0]))
    if row.refusal is not None:
        yield Wait("refused", row.refusal or HELD["refused"][0] % words)
    elif row.down_since:
        yield Wait("down", HELD["down"][0] % words)
    if until and until > now:
        yield Wait("limit", HELD["limit"][0] % words, until)


def wait_of(profile: Profile, now: datetime) -> Wait | None:
    return next(waits_of(profile, now), None)


def holds_by_profile(profile_ids: Iterable[int], now: datetime) -> dict[int, frozenset[str]]:
    """For each profile the words of HELD that its posts wait for at this moment; none where they may leave."""
    found = with_waits(Profile.objects.filter(pk__in=list(profile_ids)), now)
    return {one.pk: frozenset(holds_of(one, now)) for one in found}


def holds_of(profile: Profile, now: datetime) -> Iterator[str]:
    if profile.state != "connected":
        yield "disconnected"
    yield from (wait.hold for wait in waits_of(profile, now))
