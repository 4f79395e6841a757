"""Teams with their people and profiles."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from networks.models import Profile
from organizations.models import Member
from teams.access import profiles_for
from teams.models import Team, TeamMember


@dataclass(frozen=True, slots=True)
class Roster:
    """A team as `member` sees it: profiles that they may not view are only counted."""

    team: Team
    leaders: list[Member]
    members: list[Member]
    profiles: list[Profile]
    hidden: int


def with_people_and_profiles(teams: QuerySet[Team]) -> QuerySet[Team]:
    people = TeamMember.objects.select_related("member__user").order_by("member__user__name", "pk")
    return teams.prefetch_related(
        Prefetch("memberships", people), Prefetch("profiles", Profile.objects.order_by("name", "pk"))
    )


def build_rosters(member: Member, teams: Iterable[Team]) -> list[Roster]:
    visible = set(profiles_for(member, to="view").values_list("pk", flat=True))
    return [build_roster(team, visible) for team in teams]


def build_roster(team: Team, visible: set[int]) -> Roster:
    people = list(team.memberships.all())
    profiles = list(team.profiles.all())
    seen = [profile for profile in profiles if profile.pk in visible]
    return Roster(
        team=team,
        leaders=[row.member for row in people if row.leads],
        members=[row.member for row in people if not row.leads],
        profiles=seen,
        hidden=len(profiles) - len(seen),
    )


def all_rosters(member: Member) -> list[Roster]:
    return build_rosters(member, with_people_and_profiles(Team.objects.order_by("name")))


def roster_of_team(member: Member, team: Team) -> Roster:
    return build_rosters(member, with_people_and_profiles(Team.objects.filter(pk=team.pk)))[0]
