"""Which cells of the matrix a reader may change. The action decides each change; this decides what is offered."""

from collections import defaultdict
from collections.abc import Mapping

from organizations.models import Member
from teams.access import verbs_on
from teams.models import Team, TeamMember
from teams.queries.matrix import At, Cell, Matrix


def changeable(reader: Member, shown: Matrix) -> set[At]:
    """In five queries at most."""
    people = [one.pk for one in shown.members.rows if not one.is_admin]
    profiles = [one.pk for one in shown.profiles.rows]
    every = {(member, profile) for member in people for profile in profiles}
    if reader.is_admin:
        return every
    managed = {pk for pk, verbs in verbs_on(reader, profiles).items() if "manage" in verbs}
    led = led_pairs(reader)
    return {
        at for at in every if at[0] != reader.pk and (at[1] in managed or (at in led and not manages(shown.cells, at)))
    }


def manages(cells: Mapping[At, Cell], at: At) -> bool:
    return at in cells and "manage" in cells[at].verbs


def led_pairs(reader: Member) -> set[At]:
    """Each person of a team that `reader` leads with each profile of that team."""
    teams = list(TeamMember.objects.filter(member=reader, leads=True).values_list("team_id", flat=True))
    people: defaultdict[int, list[int]] = defaultdict(list)
    for team, member in TeamMember.objects.filter(team__in=teams).values_list("team_id", "member_id"):
        people[team].append(member)
    tasked = Team.profiles.through.objects.filter(team_id__in=teams).values_list("team_id", "profile_id")
    return {(member, profile) for team, profile in tasked for member in people[team]}
