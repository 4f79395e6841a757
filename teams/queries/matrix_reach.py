"""Which cells of the matrix a reader may change or ask about. The actions decide; this decides what is offered."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from organizations.models import Member
from teams.access import verbs_on
from teams.models import Team, TeamMember
from teams.queries.matrix import Cell, CellKey, Matrix


@dataclass(frozen=True, slots=True)
class Reach:
    open: set[CellKey]  # may be changed
    asked: set[CellKey]  # of these may be asked why, as `teams.queries.grant_reasons.require_may_ask` says


def reach_of_reader(reader: Member, shown: Matrix) -> Reach:
    """In five queries at most."""
    profiles = [one.pk for one in shown.profiles.rows]
    every = {(member.pk, profile) for member in shown.members.rows for profile in profiles}
    admins = {one.pk for one in shown.members.rows if one.is_admin}
    below = {at for at in every if at[0] not in admins}
    if reader.is_admin:
        return Reach(below, every)
    managed = {pk for pk, verbs in verbs_on(reader, profiles).items() if "manage" in verbs}
    people, led = led_pairs(reader)
    open_ = {
        at
        for at in below
        if at[0] != reader.pk and (at[1] in managed or (at in led and not has_manage_at(shown.cells, at)))
    }
    return Reach(open_, {at for at in every if at[0] == reader.pk or at[0] in people or at[1] in managed})


def has_manage_at(cells: Mapping[CellKey, Cell], at: CellKey) -> bool:
    return at in cells and "manage" in cells[at].verbs


def led_pairs(reader: Member) -> tuple[set[int], set[CellKey]]:
    """The people of the teams that `reader` leads, and each of them with each profile of that team."""
    teams = list(TeamMember.objects.filter(member=reader, leads=True).values_list("team_id", flat=True))
    people: defaultdict[int, list[int]] = defaultdict(list)
    for team, member in TeamMember.objects.filter(team__in=teams).values_list("team_id", "member_id"):
        people[team].append(member)
    tasked = Team.profiles.through.objects.filter(team_id__in=teams).values_list("team_id", "profile_id")
    pairs = {(member, profile) for team, profile in tasked for member in people[team]}
    return {member for members in people.values() for member in members}, pairs
