"""What pauses hold: which profiles, what waits there beyond its time, and what was on its way already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, CharField, Count, Exists, Min, OuterRef, Q, QuerySet, Value, When

from foundation.database.keyset import KeyPage, page_by_key
from networks.models import Outgoing, Profile
from networks.queries.backlog import backlog_rows
from organizations.actors import Actor
from organizations.models import Member, Organization
from teams.access import profiles_for
from teams.models import Pause, Team
from teams.models.pause import PAUSE_EVERYWHERE, PAUSE_HOLDS
from teams.pauses.pause_access import pauses_for, releasable_ids
from teams.pauses.pause_words import pause_sentence

HISTORY_SIZE = 25
PAUSES_SHOWN = 50  # pauses that hold; each stands in the banner, too
PAUSE_ON_PROFILE = PAUSE_EVERYWHERE | Q(profile=OuterRef("pk")) | Q(team__profiles=OuterRef("pk"))


@dataclass(frozen=True, slots=True)
class WaitingPosts:
    """Posts of one profile whose time has passed. Without a profile: of all those that the reader may not view."""

    profile: Profile | None
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class HoldingPause:
    """A pause that holds: as a sentence, how much was on its way already, whether the reader may end it."""

    pause: Pause
    sentence: str
    in_flight: int
    mine: bool


def profiles_of_target(target: Organization | Team | Profile) -> QuerySet[Profile]:
    """The profiles through which nothing leaves while this is paused."""
    profiles = Profile.objects.all()
    if isinstance(target, Team):
        return profiles.filter(pk__in=Team.profiles.through.objects.filter(team=target).values("profile"))
    return profiles.filter(pk=target.pk) if isinstance(target, Profile) else profiles


def pause_state_case() -> Case:
    """`Profile.pause` as the pauses that hold make it; of several the stricter wins."""
    holding = Pause.objects.filter(PAUSE_HOLDS & PAUSE_ON_PROFILE)
    return Case(
        When(Exists(holding.filter(keeps_replies=False)), then=Value("all")),
        When(Exists(holding), then=Value("posts")),
        default=Value(""),
        output_field=CharField(),
    )


def profiles_freed_by(pause: Pause) -> list[int]:
    """The ids of the profiles through which posts leave again once this pause is released."""
    others = Pause.objects.filter(PAUSE_HOLDS & PAUSE_ON_PROFILE).exclude(pk=pause.pk)
    return list(profiles_of_target(pause.target).exclude(Exists(others)).values_list("pk", flat=True))


def list_waiting_posts(pause: Pause, reader: Member, now: datetime) -> list[WaitingPosts]:
    """What is overdue by now on each profile that the release would free, the most first."""
    rows = backlog_rows(profiles_freed_by(pause), now).order_by().values("profile")
    found = list(rows.annotate(count=Count("pk"), oldest=Min("planned_at")).order_by("-count", "profile"))
    visible = profiles_for(reader, to="view").in_bulk([row["profile"] for row in found])
    shown = [
        WaitingPosts(visible[row["profile"]], row["count"], row["oldest"]) for row in found if row["profile"] in visible
    ]
    hidden = [row for row in found if row["profile"] not in visible]
    if hidden:
        shown.append(WaitingPosts(None, sum(row["count"] for row in hidden), min(row["oldest"] for row in hidden)))
    return shown


def list_holding_pauses(reader: Member, now: datetime) -> list[HoldingPause]:
    """Those that the reader may see, the newest first."""
    rows = list(pauses_for(reader).filter(PAUSE_HOLDS).order_by("-pk")[:PAUSES_SHOWN])
    may, sending = releasable_ids(reader, rows), count_in_flight(rows)
    return [
        HoldingPause(row, pause_sentence(row, reader.time_zone, now), sending[row.pk], row.pk in may) for row in rows
    ]


def count_in_flight(pauses: Iterable[Pause]) -> dict[int, int]:
    """{pause: how much had begun to leave and cannot be called back}. Two queries; index outgoing_in_flight."""
    sending = list(Outgoing.objects.filter(state="sending").values_list("profile_id", flat=True))
    tasked = Team.profiles.through.objects.filter(profile__in=sending).values_list("team_id", "profile_id")
    of_team = set(tasked) if sending else set()
    return {
        pause.pk: sum(
            (pause.team_id, one) in of_team if pause.team_id else pause.profile_id in (None, one) for one in sending
        )
        for pause in pauses
    }


def pause_history(actor: Actor, before: int | None) -> KeyPage[Pause]:
    """Pauses that were released, the newest first. Index pause_newest."""
    return page_by_key(pauses_for(actor).exclude(PAUSE_HOLDS), ["-pk"], size=HISTORY_SIZE, after=before)
