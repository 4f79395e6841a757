"""Who may do what with one profile, and through what."""

from dataclasses import dataclass, field

from networks.models import Profile
from organizations.queries.people import list_members
from teams.models import Team, TeamMember
from teams.rights.grant_rows import Verbs, own_grants, team_grants, verbs_by

NO_VERBS: Verbs = frozenset()


@dataclass(frozen=True, slots=True)
class Holder:
    """A member or team with what it holds by itself; a member also with what comes through teams."""

    key: str  # "member-12", "team-3"
    kind: str
    pk: int
    name: str
    own: Verbs
    through: dict[str, Verbs] = field(default_factory=dict)  # team name -> verbs

    @property
    def held(self) -> Verbs:
        """By itself and through teams."""
        return self.own.union(*self.through.values())

    def teams_giving(self, verb: str) -> list[str]:
        """The teams through which a member holds the verb anyway."""
        return [name for name, verbs in self.through.items() if verb in verbs]


@dataclass(frozen=True, slots=True)
class Rights:
    teams: list[Holder]
    members: list[Holder]
    others: list[Holder]  # they hold nothing yet

    @property
    def holders(self) -> dict[str, Holder]:
        return {holder.key: holder for holder in (*self.teams, *self.members, *self.others)}


def rights_on(profile: Profile) -> Rights:
    """Members and teams with their verbs, in five queries; admins, who hold every right, are left out."""
    own = verbs_by(own_grants(content_object=profile), "user_id")
    by_group = verbs_by(team_grants(content_object=profile), "group_id")
    teams = list(Team.objects.order_by("name"))
    tasked = set(profile.teams.values_list("pk", flat=True))
    team_holders = [
        Holder(f"team-{team.pk}", "team", team.pk, team.name, by_group.get(team.group_id, NO_VERBS)) for team in teams
    ]
    through = inherited_by_member(team_holders)
    people = [
        Holder(f"member-{one.pk}", "member", one.pk, one.name, own.get(one.user_id, NO_VERBS), through.get(one.pk, {}))
        for one in list_members()
        if not one.is_admin
    ]
    shown_teams = [holder for holder in team_holders if holder.own or holder.pk in tasked]
    shown_people = [holder for holder in people if holder.own or holder.through]
    others = [holder for holder in (*team_holders, *people) if holder not in (*shown_teams, *shown_people)]
    return Rights(shown_teams, shown_people, others)


def inherited_by_member(teams: list[Holder]) -> dict[int, dict[str, Verbs]]:
    """What each member holds through teams: {member: {team name: verbs}}."""
    giving = {team.pk: team for team in teams if team.own}
    found: dict[int, dict[str, Verbs]] = {}
    for team_id, member_id in TeamMember.objects.filter(team__in=giving).values_list("team_id", "member_id"):
        found.setdefault(member_id, {})[giving[team_id].name] = giving[team_id].own
    return found
