"""Why somebody may do something with a profile, or what is missing and who could give it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value

from foundation.errors import PermissionDenied
from networks.models import PROFILE_VERBS, Profile
from organizations.models import Member, Role
from teams.access import ROLE_VERBS, max_verbs_of_role, roles_that_can
from teams.models import Team, TeamMember
from teams.queries.matrix import Cell, build_cells, members_led_by
from teams.rights.grant_rows import own_grants, team_grants

MOST_GIVERS = 20  # people named as able to give something; beyond that a name more helps nobody


@dataclass(frozen=True, slots=True)
class GrantLink:
    """One link of the chain: a role, a grant of one's own, or a team through which one holds it."""

    kind: str  # role, own, team
    name: str  # the role, or the team
    given_by: str = ""  # empty where it was given before that was kept
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PossibleGiver:
    member: Member
    kind: str  # admin, manager, leader
    team: str = ""  # that a leader leads
    joins: bool = False  # the member would have to join that team first


@dataclass(frozen=True, slots=True)
class VerbReason:
    verb: str
    chain: list[GrantLink]
    beyond_role: bool = False  # no grant would count: the role only looks on

    @property
    def can(self) -> bool:
        return bool(self.chain)


def require_may_ask(reader: Member, member: Member, profile: Profile) -> None:
    """Admins ask about everybody, leaders about their teams, managers about their profile, each about themselves."""
    if reader.is_admin or reader.pk == member.pk or members_led_by(reader).filter(member=member).exists():
        return
    if "manage" not in cell_of_member(reader, profile).verbs:
        raise PermissionDenied("You can ask this about yourself and about people of a team you lead.")


def explain_verbs(member: Member, profile: Profile, verbs: Iterable[str] = PROFILE_VERBS) -> list[VerbReason]:
    """For each verb the grants that give it, in six queries however many there are."""
    cell, given = cell_of_member(member, profile), GivenRights(member, profile)
    most = max_verbs_of_role(member.role)
    return [VerbReason(verb, grant_chain(member, cell, verb, given), verb not in most) for verb in verbs]


def cell_of_member(member: Member, profile: Profile) -> Cell:
    return build_cells([member], [profile]).get((member.pk, profile.pk), Cell())


def grant_chain(member: Member, cell: Cell, verb: str, given: "GivenRights") -> list[GrantLink]:
    if verb not in cell.verbs:
        return []
    found = []
    if verb in cell.role:
        found.append(GrantLink("role", member.role))
    if verb in cell.own:
        found.append(GrantLink("own", "", *given.own(verb)))
    for name, verbs in cell.through:
        if verb in verbs:
            found.append(GrantLink("team", name, *given.through(name, verb)))
    return found


class GivenRights:
    """By whom, and when, each right was given that `member` holds on `profile`, alone or through a team."""

    def __init__(self, member: Member, profile: Profile) -> None:
        own = own_grants(content_object=profile, user=member.user_id)
        name_of_team = Subquery(Team.objects.filter(group=OuterRef("group")).values("name")[:1])
        team = team_grants(content_object=profile, group__user=member.user_id)
        self.given: dict[tuple[str, str], tuple[str, datetime | None]] = {
            (holder, codename.removesuffix("_profile")): (by, at)
            for rows, name in ((own, Value("")), (team, name_of_team))
            for holder, codename, by, at in rows.values_list(name, "permission__codename", "given_by", "given_at")
        }

    def own(self, verb: str) -> tuple[str, datetime | None]:
        return self.given.get(("", verb), ("", None))

    def through(self, team: str, verb: str) -> tuple[str, datetime | None]:
        return self.given.get((team, verb), ("", None))


def is_only_approver(member: Member, profile: Profile) -> bool:
    """Whether what `member` writes there can be approved by nobody."""
    approvers = members_who_may(profile, "approve")
    return list(approvers.values_list("pk", flat=True)[:2]) == [member.pk]


def find_possible_givers(member: Member, profile: Profile, verb: str) -> list[PossibleGiver]:
    """Leaders of a team that is tasked with the profile and who hold the verb, managers, then admins."""
    holders = members_who_may(profile, verb).exclude(pk=member.pk)
    leading = TeamMember.objects.filter(leads=True, team__profiles=profile, member__in=holders)
    rows = leading.select_related("member__user", "team").order_by("member__user__name", "team__name", "pk")
    mine = set(TeamMember.objects.filter(member=member).values_list("team_id", flat=True))
    leaders = [
        PossibleGiver(row.member, "leader", row.team.name, row.team_id not in mine) for row in rows[:MOST_GIVERS]
    ]
    leaders = [] if member.is_admin else sorted(leaders, key=lambda giver: giver.joins)
    others = holders & members_who_may(profile, "manage")
    named = others.select_related("user").order_by("user__name", "pk")[:MOST_GIVERS]
    found = [PossibleGiver(one, "admin" if one.is_admin else "manager") for one in named]
    return leaders + sorted(found, key=lambda giver: giver.kind == "admin")


def members_who_may(profile: Profile, verb: str) -> QuerySet[Member]:
    """Everybody for whom `can` says yes."""
    roles = [role for role in Role.values if verb in ROLE_VERBS[role]]
    own = own_grants(verb, content_object=profile).values("user")
    team = team_grants(verb, content_object=profile, group__user__isnull=False).values("group__user")
    granted = Q(role__in=roles_that_can(verb)) & (Q(user__in=own) | Q(user__in=team))
    return Member.objects.filter(Q(role__in=roles) | granted)


def teams_who_may(profile: Profile, verb: str) -> QuerySet[Team]:
    """Those that are tasked with the profile, or were granted something there, and in which somebody may."""
    granted = team_grants(content_object=profile).values("group")
    able = TeamMember.objects.filter(member__in=members_who_may(profile, verb)).values("team")
    return Team.objects.filter(Q(profiles=profile) | Q(group__in=granted), pk__in=able).distinct()
