"""The only writer of guardian permissions: who may do what with which profile."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from foundation.errors import AppError, Conflict, Invalid, NotFound, PermissionDenied
from foundation.processes import realtime
from networks.models import PROFILE_VERBS, Profile
from organizations.actors import Actor, actor_label
from organizations.auditing import audit
from organizations.models import Member
from teams.access import max_verbs_of_role
from teams.levels import unknown_verbs, with_view
from teams.models import Team
from teams.rights.grant_policy import Giver, giver_on
from teams.rights.grant_rows import own_grants, store_grants, team_grants

VerbsById = Mapping[int, Iterable[str]]
SeenGrants = Mapping[str, frozenset[str]]  # what the actor saw of whom: {"member-12": verbs, "team-3": verbs}
FindGrants = Callable[..., QuerySet[Any]]  # own_grants or team_grants
NO_VERBS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RefusedGrant:
    profile: Profile
    reason: str


@transaction.atomic
def set_grants(
    actor: Actor,
    profile: Profile,
    *,
    members: VerbsById | None = None,
    teams: VerbsById | None = None,
    seen: SeenGrants | None = None,
) -> None:
    """Sets exactly these verbs for those named, and leaves the others as they are. Who may: `rights.grant_policy`.

    Locks the profile, so that two who change the same rights come one after the other; the second is refused for
    whomever they saw otherwise (`seen`) than it is by then. A number of queries that does not grow with those named,
    but for one audit entry each. Raises Invalid, NotFound, PermissionDenied, Conflict; then nothing is stored.
    """
    wanted_members, wanted_teams = validate_verbs(members or {}), validate_verbs(teams or {})
    lock_profile_row(profile)
    giver = giver_on(actor, profile)
    people = require_all_holders(Member.objects.select_related("user").filter(pk__in=wanted_members), wanted_members)
    write_grants(actor, giver, profile, own_grants, "user_id", people, wanted_members, seen or {})
    groups = require_all_holders(Team.objects.filter(pk__in=wanted_teams), wanted_teams)
    write_grants(actor, giver, profile, team_grants, "group_id", groups, wanted_teams, seen or {})
    realtime.ping(profile.organization_id, "rights")


@transaction.atomic
def set_many_grants(
    actor: Actor, wanted: Mapping[Profile, VerbsById], *, seen: Mapping[int, SeenGrants] | None = None
) -> list[RefusedGrant]:
    """`set_grants` for the members of each profile: all of a profile's or none. Returns what was refused, and why.

    `seen` is by the ids of profiles.
    """
    refused = []
    for profile in sorted(wanted, key=lambda one: one.pk):  # always in one order, so that two of these cannot deadlock
        try:
            set_grants(actor, profile, members=wanted[profile], seen=(seen or {}).get(profile.pk))
        except AppError as error:
            refused.append(RefusedGrant(profile, error.user_message))
    return refused


@transaction.atomic
def end_team_grants(actor: Actor, team: Team, profiles: Iterable[Profile]) -> None:
    """What a team held on profiles that it is no longer tasked with ends."""
    for profile in sorted(profiles, key=lambda one: one.pk):
        set_grants(actor, profile, teams={team.pk: ()})


def lock_profile_row(profile: Profile) -> None:
    # no key: rows that merely point at the profile need not wait
    if not Profile.objects.select_for_update(no_key=True).filter(pk=profile.pk):
        raise NotFound


def validate_verbs(verbs: VerbsById) -> dict[int, frozenset[str]]:
    wanted = {pk: list(named) for pk, named in verbs.items()}
    for named in wanted.values():
        if any(not isinstance(verb, str) for verb in named) or unknown_verbs(named):
            raise Invalid({"verbs": [f"Choose from {', '.join(PROFILE_VERBS)}."]})
    return {pk: with_view(named) for pk, named in wanted.items()}


def require_all_holders(rows: Iterable[Any], wanted: Mapping[int, object]) -> list[Any]:
    holders = sorted(rows, key=lambda one: one.pk)
    if len(holders) != len(wanted):
        raise NotFound
    return holders


def write_grants(
    actor: Actor,
    giver: Giver,
    profile: Profile,
    find_grants: FindGrants,
    key: str,
    holders: Sequence[Member | Team],
    wanted: Mapping[int, frozenset[str]],
    seen: SeenGrants,
) -> None:
    """Changes the rows of these holders from what they hold to what is wanted."""
    if not holders:
        return
    ids = {holder.pk: getattr(holder, key) for holder in holders}
    rows = find_grants(content_object=profile, **{f"{key}__in": ids.values()})
    held: dict[int, dict[str, int]] = {}
    for pk, owner, codename in rows.values_list("pk", key, "permission__codename"):
        held.setdefault(owner, {})[codename.removesuffix("_profile")] = pk
    gone: list[int] = []
    new: list[tuple[int, str]] = []
    for holder in holders:
        before, after = held.get(ids[holder.pk], {}), wanted[holder.pk]
        require_may_give(giver, holder, frozenset(before) ^ after)
        refuse_beyond_role(holder, after - frozenset(before))
        refuse_stale_grants(holder, seen.get(holder_key(holder)), frozenset(before))
        gone += [pk for verb, pk in before.items() if verb not in after]
        new += [(ids[holder.pk], verb) for verb in after if verb not in before]
        audit_grant_change(actor, profile, holder, frozenset(before), after)
    store_grants(rows, key, profile, gone, new, actor_label(actor).name)


def require_may_give(giver: Giver, holder: Member | Team, changed: frozenset[str]) -> None:
    if reason := giver.refusal(holder, changed):
        raise PermissionDenied(f"{holder}: {reason}")


def refuse_beyond_role(holder: Member | Team, new: frozenset[str]) -> None:
    if isinstance(holder, Member) and not new <= max_verbs_of_role(holder.role):
        message = _("%s is a viewer, and viewers look on. Change the role to member first, then give this.")
        raise Invalid({"members": [message % holder]})


def holder_key(holder: Member | Team) -> str:
    return f"{'member' if isinstance(holder, Member) else 'team'}-{holder.pk}"


def refuse_stale_grants(holder: Member | Team, seen: frozenset[str] | None, now: frozenset[str]) -> None:
    if seen is not None and seen != now:
        message = _(
            "Somebody else has changed the rights of %s meanwhile. Look at what they are now, then choose again."
        )
        raise Conflict(message % holder)


def audit_grant_change(
    actor: Actor, profile: Profile, holder: Member | Team, before: frozenset[str], after: frozenset[str]
) -> None:
    """Whose rights (kind, name, id), and what they were and became."""
    if before != after:
        kind = "member" if isinstance(holder, Member) else "team"
        change = {kind: str(holder), "id": holder.pk, "rights": [sorted(before), sorted(after)]}
        audit.record(actor, "grant.changed", profile, change)
