"""The only writer of guardian permissions: who may do what with which profile."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import QuerySet

from networks.models import VERBS, Profile, ProfileGroupObjectPermission, ProfileUserObjectPermission
from organizations import audit
from organizations.access import access_member
from organizations.actors import Actor, System
from organizations.models import Member
from socialops.lib import realtime
from socialops.lib.errors import Invalid, PermissionDenied
from teams.access import access_team, verbs_on
from teams.levels import unknown_verbs, with_view
from teams.models import Team, TeamMember

Verbs = Mapping[int, Iterable[str]]


@transaction.atomic
def set_grants(actor: Actor, profile: Profile, *, members: Verbs | None = None, teams: Verbs | None = None) -> None:
    """Sets exactly these verbs for those named, and leaves the others as they are.

    Admins and managers of the profile grant to anyone; a leader grants to people of a team that is tasked with the
    profile, and never more than the leader holds. Raises Invalid, NotFound, PermissionDenied; then nothing is stored.
    """
    for pk, verbs in (members or {}).items():
        grant_member(actor, profile, access_member(actor, pk), verbs)
    for pk, verbs in (teams or {}).items():
        grant_team(actor, profile, access_team(actor, pk), verbs)


def grant_member(actor: Actor, profile: Profile, member: Member, verbs: Iterable[str]) -> None:
    wanted = checked(verbs)
    rows = ProfileUserObjectPermission.objects.filter(user=member.user_id, content_object=profile)
    before = held(rows)
    may_grant(actor, profile, wanted ^ before, member=member)
    replace(rows, wanted, user_id=member.user_id, content_object=profile)
    note(actor, profile, f"member {member.name}", before, wanted)


def grant_team(actor: Actor, profile: Profile, team: Team, verbs: Iterable[str]) -> None:
    wanted = checked(verbs)
    rows = ProfileGroupObjectPermission.objects.filter(group=team.group_id, content_object=profile)
    before = held(rows)
    may_grant(actor, profile, wanted ^ before, team=team)
    replace(rows, wanted, group_id=team.group_id, content_object=profile)
    note(actor, profile, f"team {team.name}", before, wanted)


def checked(verbs: Iterable[str]) -> frozenset[str]:
    wanted = list(verbs)
    if any(not isinstance(verb, str) for verb in wanted) or unknown_verbs(wanted):
        raise Invalid({"verbs": [f"Choose from {', '.join(VERBS)}."]})
    return with_view(wanted)


def held(rows: QuerySet[Any]) -> frozenset[str]:
    names = rows.values_list("permission__codename", flat=True)
    return frozenset(name.removesuffix("_profile") for name in names)


def replace(rows: QuerySet[Any], wanted: frozenset[str], **key: object) -> None:
    codenames = [f"{verb}_profile" for verb in wanted]
    rows.exclude(permission__codename__in=codenames).delete()
    permissions = Permission.objects.filter(
        content_type__app_label="networks", content_type__model="profile", codename__in=codenames
    )
    rows.model.objects.bulk_create(
        [rows.model(permission=permission, **key) for permission in permissions], ignore_conflicts=True
    )


def may_grant(
    actor: Actor,
    profile: Profile,
    changed: frozenset[str],
    *,
    member: Member | None = None,
    team: Team | None = None,
) -> None:
    if isinstance(actor, System) or actor.is_admin:
        return
    own = verbs_on(actor, [profile.pk])[profile.pk]
    if not changed <= own:
        raise PermissionDenied("You cannot give or take what you do not hold yourself.")
    if "manage" not in own and not leads_one_of(actor, profile, member, team):
        raise PermissionDenied("You can only do this for people of a team you lead, with the profiles of that team.")


def leads_one_of(actor: Member, profile: Profile, member: Member | None, team: Team | None) -> bool:
    led = TeamMember.objects.filter(member=actor, leads=True, team__profiles=profile)
    if team is not None:
        return led.filter(team=team).exists()
    return led.filter(team__memberships__member=member).exists()


def note(actor: Actor, profile: Profile, whom: str, before: frozenset[str], after: frozenset[str]) -> None:
    if before != after:
        audit.record(actor, "grant.changed", profile, {whom: [sorted(before), sorted(after)]})
        realtime.ping(profile.organization_id, "rights")
