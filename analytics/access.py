"""Whose numbers a member may see, narrowed by profile and team."""

from collections.abc import Sequence

from django.db.models import QuerySet

from foundation.errors import NotFound
from foundation.texts.ids import parse_id
from networks.models import Profile
from organizations.models import Member
from teams.access import access_profile, access_team, profiles_for
from teams.models import Team, TeamMember

NarrowedProfiles = list[Profile]


def analysed_profiles(member: Member, *, profiles: Sequence[str] = (), team: str = "") -> NarrowedProfiles:
    """What `member` may analyse. Raises NotFound or PermissionDenied for a profile or team asked for by id."""
    allowed = profiles_for(member, to="analyse")
    if team:
        allowed = allowed.filter(teams=access_team(member, team))
    found = list(allowed.order_by("name", "pk"))
    if not profiles:
        return found
    by_id = {str(profile.pk): profile for profile in found}
    return [by_id.get(str(pk)) or access_profile(member, pk, to="analyse") for pk in dict.fromkeys(profiles)]


def answer_time_teams(member: Member) -> QuerySet[Team]:
    """Whose people's answers `member` may look at: admins of every team, leaders of theirs."""
    teams = Team.objects.order_by("name", "pk")
    return teams if member.is_admin else teams.filter(memberships__member=member, memberships__leads=True)


def answer_time_people(member: Member, *, team: str = "") -> tuple[QuerySet[Member], QuerySet[Profile]]:
    """Whose answers `member` may look at, and on which profiles: leaders those of their teams on the teams' profiles,
    everybody their own. Raises NotFound for a team that is not among `timed_teams`.
    """
    people = Member.objects.select_related("user").order_by("user__name", "user__email", "pk")
    profiles = profiles_for(member, to="view")
    teams = answer_time_teams(member)
    if team:
        pk = parse_id(team)
        teams = teams.none() if pk is None else teams.filter(pk=pk)
        if not teams.exists():
            raise NotFound
    elif member.is_admin:
        return people, profiles
    elif not teams.exists():
        return people.filter(pk=member.pk), profiles
    members = TeamMember.objects.filter(team__in=teams).values("member")
    return people.filter(pk__in=members), profiles.filter(teams__in=teams).distinct()
