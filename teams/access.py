"""The only doors to profiles: guardian under the tenant fence. Two locks, one door."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from foundation.database.lookups import get_or_not_found
from foundation.errors import PermissionDenied
from networks.models import PROFILE_VERBS, Profile
from organizations.actors import Actor, System
from organizations.models import Member, Role
from organizations.tenancy import require_organization_id, scope
from teams.models import Level, Team, TeamMember
from teams.rights.grant_rows import own_grants, team_grants, verbs_by

ROLE_VERBS: dict[str, frozenset[str]] = {
    Role.OWNER: frozenset(PROFILE_VERBS),
    Role.ADMIN: frozenset(PROFILE_VERBS),
    Role.MEMBER: frozenset(),
    Role.VIEWER: frozenset({"analyse"}),  # a free seat for whoever should know the score
}
LOOKING_VERBS = frozenset({"view", "analyse"})
EVERY_VERB = frozenset(PROFILE_VERBS)


def max_verbs_of_role(role: str) -> frozenset[str]:
    """What a role can hold at the most, whatever its grants and teams say (docs/adr/0005-grants-and-levels.md)."""
    return LOOKING_VERBS if role == Role.VIEWER else EVERY_VERB


def roles_that_can(verb: str) -> list[str]:
    """The roles of those who may hold `verb` where it was granted to them."""
    return [role for role in Role.values if verb in max_verbs_of_role(role)]


def profiles_for(actor: Actor, *, to: str) -> QuerySet[Profile]:
    """The profiles with which `actor` may do the verb `to`, in the organization in scope."""
    if isinstance(actor, Member) and is_outside_organization(actor):
        return Profile.objects.none()
    if isinstance(actor, System) or to in ROLE_VERBS[actor.role]:
        return Profile.objects.all()
    if to not in max_verbs_of_role(actor.role):
        return Profile.objects.none()
    # the rows of guardian's get_objects_for_user, whose SQL takes twice as long to build (docs/adr/0005)
    own, team = own_grants(to, user=actor.user_id), team_grants(to, group__user=actor.user_id)
    return Profile.objects.filter(Q(pk__in=own.values("content_object")) | Q(pk__in=team.values("content_object")))


def may_draft_anywhere(member: Member) -> bool:
    """Whether they may draft anywhere: admins also before the first profile is connected. Asks for its own scope."""
    if member.is_admin:
        return True
    with scope(member.organization_id):  # an error's page is drawn after the gate has closed again
        return profiles_for(member, to="draft").exists()


def is_outside_organization(member: Member) -> bool:
    """Who has left, or belongs to another organization than the one in scope: a role there is nothing here."""
    return member.left_at is not None or member.organization_id != require_organization_id()


def access_profile(actor: Actor, pk: int | str, *, to: str) -> Profile:
    """One profile. Raises NotFound for foreign or invisible ones, PermissionDenied for seen but not allowed."""
    profile = find_profile(actor, pk, to="view")
    if to == "view":
        return profile
    if not profiles_for(actor, to=to).filter(pk=profile.pk).exists():
        raise PermissionDenied(f"You can see {profile.name}, but you are not allowed to {to} there.")
    return profile


def find_profile(actor: Actor, pk: int | str, *, to: str) -> Profile:
    return get_or_not_found(profiles_for(actor, to=to), pk)


def has_verb_on(actor: Actor, verb: str, profile_id: int) -> bool:
    return profiles_for(actor, to=verb).filter(pk=profile_id).exists()


def verbs_on(member: Member, profile_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """{profile id: verbs} of one member, in two queries however many profiles there are."""
    ids = list(profile_ids)
    if is_outside_organization(member):
        return dict.fromkeys(ids, frozenset())
    if ROLE_VERBS[member.role] == EVERY_VERB:
        return dict.fromkeys(ids, EVERY_VERB)
    own = verbs_by(own_grants(user=member.user_id, content_object__in=ids), "content_object_id")
    team = verbs_by(team_grants(group__user=member.user_id, content_object__in=ids), "content_object_id")
    held = {pk: ROLE_VERBS[member.role].union(own.get(pk, ()), team.get(pk, ())) for pk in ids}
    return {pk: verbs & max_verbs_of_role(member.role) for pk, verbs in held.items()}


def is_leader_of(actor: Actor, team: Team) -> bool:
    if isinstance(actor, System) or actor.is_admin:
        return True
    return TeamMember.objects.filter(team=team, member=actor, leads=True).exists()


def access_team(actor: Actor, pk: int | str, *, to: str = "view") -> Team:
    """A team: every member sees the teams, its leaders and the admins change it."""
    team = get_or_not_found(Team.objects.all(), pk)
    if to != "view" and not is_leader_of(actor, team):
        raise PermissionDenied(f"Only a leader of {team.name} or an admin can do that.")
    return team


def access_level(actor: Actor, pk: int | str) -> Level:
    """A custom level. Every member may know of them; the actions are for admins."""
    return get_or_not_found(Level.objects.all(), pk)
