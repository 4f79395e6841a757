"""Founding, changing and dissolving teams."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from foundation.errors import Invalid, NotFound, PermissionDenied
from foundation.overtaking import Overtaken, Seen, refuse_overtaken
from foundation.processes import realtime
from foundation.texts.graphemes import truncate_text
from foundation.texts.names import checked_name
from networks.models import Profile
from organizations.access import require_admin
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.models import Member
from teams.access import is_leader_of
from teams.actions.grants import end_team_grants
from teams.actions.pauses import apply_pauses_to_team, lock_if_paused, refuse_paused_team
from teams.actions.task_handover import take_back_tasks
from teams.models import Team, TeamMember, UseCase
from teams.rights.grant_policy import require_may_add

Ids = Iterable[int]
LONGEST_NAME = 80


@transaction.atomic
def create_team(
    actor: Actor,
    *,
    name: str,
    department: str = "",
    use_case: str = "",
    purpose: str = "",
    leaders: Ids = (),
    members: Ids = (),
    profiles: Ids = (),
) -> Team:
    """A new team. Raises Invalid (name, department, use_case, leaders, members, profiles), PermissionDenied."""
    require_admin(actor)
    # auth.Group names are unique over all tenants, so a team's group has a name that nobody sees
    team = Team(
        name=checked_name(name, LONGEST_NAME),
        department=checked_department(department),
        use_case=checked_use_case(use_case),
        purpose=truncate_text(purpose.strip(), 300),
        group=Group.objects.create(name=str(uuid.uuid4())),
    )
    save_team(team)
    set_team_people(team, list(leaders), list(members))
    team.profiles.set(find_all_by_id(Profile, profiles, "profiles"))
    audit.record(actor, "team.created", team, {name: value for name, value in audited_team(team).items() if value})
    realtime.ping(team.organization_id, "teams", team.pk)
    return team


@transaction.atomic
def change_team(
    actor: Actor,
    team: Team,
    *,
    name: str | None = None,
    department: str | None = None,
    use_case: str | None = None,
    purpose: str | None = None,
    leaders: Ids | None = None,
    members: Ids | None = None,
    profiles: Ids | None = None,
    seen: Mapping[str, Any] | None = None,
) -> Team:
    """Changes what is given, of each list only what differs from what was `seen`: what others changed meanwhile stays.

    Leaders change people and purpose; all else is for admins to say. Raises Invalid, PermissionDenied, and Overtaken
    where somebody has put other words meanwhile in place of those that were `seen`. Nothing is noted when nothing
    changes.
    """
    if not is_leader_of(actor, team):
        raise PermissionDenied(f"Only a leader of {team.name} or an admin can do that.")
    if any(given is not None for given in (leaders, profiles, name, department, use_case)):
        require_admin(actor)
    lock_team(team)
    before = audited_team(team)
    words = {"name": name, "department": department, "use_case": use_case, "purpose": purpose}
    refuse_other_words({field: word for field, word in words.items() if word is not None}, seen or {}, before)
    team.name = team.name if name is None else checked_name(name, LONGEST_NAME)
    team.department = team.department if department is None else checked_department(department)
    team.use_case = team.use_case if use_case is None else checked_use_case(use_case)
    team.purpose = team.purpose if purpose is None else truncate_text(purpose.strip(), 300)
    save_team(team)
    if leaders is not None or members is not None:
        kept = {leads: team_member_ids(team, leads=leads) for leads in (True, False)}
        leaders = merge_ids(leaders, seen, "leaders", kept[True])
        members = merge_ids(members, seen, "members", [*kept[True], *kept[False]])
        if set(members or ()) - {*kept[True], *kept[False]}:
            require_may_add(actor, team)
        set_team_people(
            team,
            kept[True] if leaders is None else list(leaders),
            kept[False] if members is None else list(members),
        )
    if profiles is not None:
        now = list(team.profiles.values_list("pk", flat=True))
        tasked = find_all_by_id(Profile, merge_ids(profiles, seen, "profiles", now) or (), "profiles")
        paused = lock_if_paused(team)
        end_team_grants(actor, team, set(team.profiles.all()) - set(tasked))
        team.profiles.set(tasked)
        if paused:
            apply_pauses_to_team({*now, *(profile.pk for profile in tasked)})
    if change := audit.changed_fields(before, audited_team(team)):
        audit.record(actor, "team.changed", team, change)
        realtime.ping(team.organization_id, "teams", team.pk)
    return team


@transaction.atomic
def dissolve_team(actor: Actor, team: Team, *, seen: Seen = None) -> None:
    """Ends a team and every right that came through it; its people and profiles stay.

    Raises Conflict while publishing is paused for it.
    """
    require_admin(actor)
    lock_team(team, seen)
    refuse_paused_team(team)
    audit.record(
        actor, "team.dissolved", team, {name: [value, None] for name, value in audited_team(team).items() if value}
    )
    take_back_tasks(actor, team)
    group = team.group
    realtime.ping(team.organization_id, "teams", team.pk)
    team.delete()
    group.delete()


def lock_team(team: Team, seen: Seen = None) -> None:
    """As it stands now, until the transaction ends. Raises NotFound when it was dissolved meanwhile, and Overtaken."""
    try:
        team.refresh_from_db(from_queryset=Team.objects.select_for_update())
    except Team.DoesNotExist:
        raise NotFound from None
    refuse_overtaken(team.mark, seen)


def checked_department(department: str) -> str:
    return checked_name(department, LONGEST_NAME, field="department", may_be_empty=True)


def checked_use_case(use_case: str) -> str:
    if use_case and use_case not in UseCase.values:
        raise Invalid({"use_case": [f"Choose one of {', '.join(UseCase.values)}."]})
    return use_case


def audited_team(team: Team) -> dict[str, Any]:
    """The team as the audit log says it: people and profiles by name, for both may be gone when it is read."""
    people = TeamMember.objects.filter(team=team).select_related("member__user")
    return {
        "name": team.name,
        "department": team.department,
        "use_case": team.use_case,
        "purpose": team.purpose,
        "leaders": sorted(row.member.name for row in people if row.leads),
        "members": sorted(row.member.name for row in people),
        "profiles": sorted(str(profile) for profile in Profile.objects.filter(teams=team)),
    }


def save_team(team: Team) -> None:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError:
        raise Invalid({"name": ["Another team has this name."]}) from None


def find_all_by_id(model, ids: Ids, field: str) -> list:  # type: ignore[no-untyped-def,type-arg]  # of either model
    """The rows with these ids, all of them. Raises Invalid naming `field`."""
    wanted = set(ids)
    rows = list(model.objects.filter(pk__in=wanted))
    if len(rows) != len(wanted):
        raise Invalid({field: ["One of these does not exist here."]})
    return rows


def team_member_ids(team: Team, *, leads: bool) -> list[int]:
    return list(TeamMember.objects.filter(team=team, leads=leads).values_list("member_id", flat=True))


def refuse_other_words(wanted: Mapping[str, str], seen: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    if any(field in seen and now[field] not in (seen[field], word.strip()) for field, word in wanted.items()):
        raise Overtaken


def merge_ids(wanted: Ids | None, seen: Mapping[str, Any] | None, name: str, now: Ids) -> Ids | None:
    """What somebody added to and took from what they saw, done to what is there now."""
    if wanted is None or seen is None or name not in seen:
        return wanted
    chosen, before = set(wanted), set(seen[name])
    return sorted((set(now) | (chosen - before)) - (before - chosen))


def set_team_people(team: Team, leaders: list[int], members: list[int]) -> None:
    """Exactly these people; whoever leads is a member too. Team rights follow through the team's group."""
    leading, people = set(leaders), set(leaders) | set(members)
    rows = find_all_by_id(Member, leading, "leaders") + find_all_by_id(Member, people - leading, "members")
    TeamMember.objects.filter(team=team).exclude(member__in=people).delete()
    for member in rows:
        TeamMember.objects.update_or_create(team=team, member=member, defaults={"leads": member.pk in leading})
    team.group.user_set.set([member.user_id for member in rows])
