"""Who may give and take which rights on one profile: the same answer for pages, REST and the action that stores.

Admins give anything to anyone. Whoever manages the profile gives what they hold to anyone. A leader gives what they
hold to the people of a team they lead, with that team's profiles. Nobody below an admin changes their own rights, those
of an owner or admin, or (unless they manage the profile too) those of somebody who manages it.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from foundation.errors import PermissionDenied
from networks.models import PROFILE_VERBS, Profile
from organizations.actors import Actor, System
from organizations.models import Member
from teams.access import verbs_on
from teams.models import Team, TeamMember
from teams.rights.grant_rows import held_profiles_by_user, team_grants, verbs_by

Verbs = frozenset[str]
NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Giver:
    """What one actor may do about the rights on one profile; asked once for any number of holders."""

    verbs: Verbs
    unbounded: bool = False  # an admin, or the product itself
    pk: int = 0
    teams: frozenset[int] = NOBODY  # that they lead and that are tasked with the profile
    people: frozenset[int] = NOBODY  # the members of those teams
    managers: frozenset[int] = NOBODY  # the users who manage the profile

    @property
    def any(self) -> bool:
        """Whether there is anybody whose rights they may change."""
        return self.unbounded or "manage" in self.verbs or bool(self.teams)

    def may_change(self, member: Member) -> bool:
        return not self.refusal(member, frozenset())

    def refusal(self, holder: Member | Team, changed: Verbs) -> str:
        """Why these verbs cannot be given to or taken from `holder`; empty when they can."""
        if self.unbounded:
            return ""
        if isinstance(holder, Member) and (above := self.reason_above(holder)):
            return above
        if not changed <= self.verbs:
            return _("You cannot give or take what you do not hold yourself.")
        led = self.people if isinstance(holder, Member) else self.teams
        if "manage" not in self.verbs and holder.pk not in led:
            return _("You can only do this for people of a team you lead, with the profiles of that team.")
        return ""

    def reason_above(self, member: Member) -> str:
        if member.pk == self.pk:
            return _("You cannot change your own rights. An admin can.")
        if member.is_admin:
            return _("Only an owner or admin can change the rights of an owner or admin.")
        if member.user_id in self.managers and "manage" not in self.verbs:
            return _("They manage this profile. Only somebody else who does, or an admin, can change that.")
        return ""


def giver_on(actor: Actor, profile: Profile) -> Giver:
    """In at most six queries."""
    if isinstance(actor, System) or actor.is_admin:
        return Giver(frozenset(PROFILE_VERBS), unbounded=True)
    teams = frozenset(
        TeamMember.objects.filter(member=actor, leads=True, team__profiles=profile).values_list("team_id", flat=True)
    )
    people = TeamMember.objects.filter(team__in=teams).values_list("member_id", flat=True)
    return Giver(
        verbs=verbs_on(actor, [profile.pk])[profile.pk],
        pk=actor.pk,
        teams=teams,
        people=frozenset(people),
        managers=managers_of(profile),
    )


def managers_of(profile: Profile) -> frozenset[int]:
    """The users who were given `manage` there, by themselves or through a team."""
    return frozenset(held_profiles_by_user("manage", [profile.pk]))


def require_may_add(actor: Actor, team: Team) -> None:
    """Whoever joins a team gets its rights, so bringing somebody in is giving them. Raises PermissionDenied."""
    if isinstance(actor, System) or actor.is_admin:
        return
    given = verbs_by(team_grants(group=team.group_id), "content_object_id")
    own = verbs_on(actor, given)
    if any(not verbs <= own[pk] for pk, verbs in given.items()):
        raise PermissionDenied(_("Joining %s gives rights that you do not hold yourself.") % team.name)
