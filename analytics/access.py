"""Whose numbers a member may see, narrowed by profile and team."""

from collections.abc import Sequence

from networks.models import Profile
from organizations.models import Member
from teams.access import access_profile, access_team, profiles_for

Narrowed = list[Profile]


def analysed_profiles(member: Member, *, profiles: Sequence[str] = (), team: str = "") -> Narrowed:
    """What `member` may analyse. Raises NotFound or PermissionDenied for a profile or team asked for by id."""
    allowed = profiles_for(member, to="analyse")
    if team:
        allowed = allowed.filter(teams=access_team(member, team))
    found = list(allowed.order_by("name", "pk"))
    if not profiles:
        return found
    by_id = {str(profile.pk): profile for profile in found}
    return [by_id.get(str(pk)) or access_profile(member, pk, to="analyse") for pk in dict.fromkeys(profiles)]
