"""Who may see a pause, begin one and release it."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from foundation.database.lookups import get_or_not_found
from foundation.errors import NotFound, PermissionDenied
from networks.models import Profile
from organizations.actors import Actor, System
from organizations.models import Member, Organization
from organizations.tenancy import require_organization_id
from teams.access import access_profile, access_team, has_verb_on, is_leader_of, is_outside_organization, profiles_for
from teams.models import Pause, Team, TeamMember
from teams.models.pause import PAUSE_EVERYWHERE

PauseTarget = Organization | Team | Profile
PAUSE_RELATIONS = ("organization", "team", "profile", "by__user", "released_by__user")


def pauses_for(actor: Actor) -> QuerySet[Pause]:
    """The pauses that touch `actor`: of the organization, of own teams, and of profiles that they may view."""
    rows = Pause.objects.select_related(*PAUSE_RELATIONS)
    if isinstance(actor, Member) and is_outside_organization(actor):
        return rows.none()
    if isinstance(actor, System) or actor.is_admin:
        return rows
    visible = profiles_for(actor, to="view").values("pk")
    tasked = Team.profiles.through.objects.filter(team=OuterRef("team"), profile__in=visible)
    own = TeamMember.objects.filter(team=OuterRef("team"), member=actor)
    return rows.filter(PAUSE_EVERYWHERE | Q(profile__in=visible) | Exists(own) | Exists(tasked))


def access_pause(actor: Actor, pk: int | str, *, to: str = "view") -> Pause:
    """One pause. Raises NotFound for foreign or invisible ones, PermissionDenied for seen but not allowed."""
    pause: Pause = get_or_not_found(pauses_for(actor), pk)
    if to != "view":
        require_may_pause(actor, pause.target)
    return pause


def access_pause_target(actor: Actor, scope: str, pk: int | str | None) -> PauseTarget:
    """What is to be paused, by a member who may. Raises NotFound and PermissionDenied."""
    target: PauseTarget
    match scope:
        case "organization":
            target = Organization.objects.get(pk=require_organization_id())
        case "team" if pk is not None:
            target = access_team(actor, pk)
        case "profile" if pk is not None:
            target = access_profile(actor, pk, to="view")
        case _:
            raise NotFound
    require_may_pause(actor, target)
    return target


def require_may_pause(actor: Actor, target: PauseTarget) -> None:
    if not may_pause(actor, target):
        raise PermissionDenied(pause_refusal(target))


def may_pause(actor: Actor, target: PauseTarget) -> bool:
    """The organization: owners and admins. A team: its leaders too. A profile: whoever manages it, too."""
    if isinstance(actor, System):
        return True
    if is_outside_organization(actor):
        return False
    if actor.is_admin:
        return True
    if isinstance(target, Team):
        return is_leader_of(actor, target)
    return isinstance(target, Profile) and has_verb_on(actor, "manage", target.pk)


def pause_refusal(target: PauseTarget) -> str:
    if isinstance(target, Team):
        return _("Only a leader of %s or an admin can pause and release it.") % target.name
    if isinstance(target, Profile):
        return _("Only who manages %s can pause and release it.") % target.name
    return _("Only an owner or admin can pause and release the whole organization.")


def releasable_ids(member: Member, pauses: Iterable[Pause]) -> set[int]:
    """The ids of those pauses that `member` may release, in two queries at most."""
    rows = list(pauses)
    if member.is_admin:
        return {row.pk for row in rows}
    teams = {row.team_id for row in rows if row.team_id is not None}
    profiles = {row.profile_id for row in rows if row.profile_id is not None}
    led = TeamMember.objects.filter(member=member, leads=True, team__in=teams).values_list("team", flat=True)
    managed = profiles_for(member, to="manage").filter(pk__in=profiles).values_list("pk", flat=True)
    team_ids, profile_ids = set(led) if teams else set(), set(managed) if profiles else set()
    return {row.pk for row in rows if row.team_id in team_ids or row.profile_id in profile_ids}
