"""The organization as a picture: its teams, their people and profiles, and who and what stands outside of them."""

from dataclasses import dataclass

from networks.models import Profile
from organizations.models import Member
from organizations.queries.people import list_members
from teams.access import profiles_for
from teams.models import Team, TeamMember
from teams.queries.teams import Roster, all_rosters

SHOWN_PER_TEAM = 12  # people or profiles of one team; its own page has them all


@dataclass(frozen=True, slots=True)
class Branch:
    """One team (none: what stands outside of every team), with the first of its people and profiles."""

    team: Team | None
    leaders: list[Member]
    members: list[Member]
    more_people: int
    profiles: list[Profile]
    more_profiles: int
    hidden: int


@dataclass(frozen=True, slots=True)
class Chart:
    head: list[Member]  # owners and admins, who oversee all of it
    branches: list[Branch]
    outside: Branch


def chart_of(member: Member) -> Chart:
    """As `member` may see it, in a fixed number of queries, however large the organization is."""
    rosters = all_rosters(member)
    people = list(list_members())
    teamed = set(TeamMember.objects.values_list("member_id", flat=True))
    tasked = Team.profiles.through.objects.values("profile_id")
    loose = list(profiles_for(member, to="view").exclude(pk__in=tasked).order_by("name", "pk"))
    head = [one for one in people if one.is_admin]
    alone = [one for one in people if not one.is_admin and one.pk not in teamed]
    return Chart(head, [branch_of_roster(one) for one in rosters], build_branch(None, [], alone, loose, 0))


def branch_of_roster(roster: Roster) -> Branch:
    return build_branch(roster.team, roster.leaders, roster.members, roster.profiles, roster.hidden)


def build_branch(
    team: Team | None, leaders: list[Member], people: list[Member], profiles: list[Profile], hidden: int
) -> Branch:
    led = leaders[:SHOWN_PER_TEAM]
    shown = people[: SHOWN_PER_TEAM - len(led)]
    return Branch(
        team=team,
        leaders=led,
        members=shown,
        more_people=len(leaders) + len(people) - len(led) - len(shown),
        profiles=profiles[:SHOWN_PER_TEAM],
        more_profiles=len(profiles[SHOWN_PER_TEAM:]),
        hidden=hidden,
    )
