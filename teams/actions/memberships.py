"""What a member belongs to and holds, as they join and leave."""

from collections.abc import Iterable

from django.contrib.auth.models import Group

from foundation.processes import realtime
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.models import Member
from organizations.people.member_handover import Handover
from teams.models import Team, TeamMember
from teams.rights.grant_rows import own_grants


def add_to_teams(actor: Actor, member: Member, team_ids: Iterable[int]) -> None:
    """Puts somebody who has just joined into those of these teams that still exist.

    What may be left of an earlier membership goes first: a right that was given while they were leaving.
    """
    delete_memberships(member)
    for team in Team.objects.filter(pk__in=list(team_ids)).order_by("pk").select_related("group"):
        add_team_member(team, member, leads=False)
        audit.record(actor, "team.joined", team, {"member": member.name})


def end_memberships(actor: Actor, handover: Handover) -> None:
    """Ends every right and team membership of the leaving member; the successor leads what they led."""
    member, taker = handover.member, handover.taker("teams")
    teams = Team.objects.filter(memberships__member=member, memberships__leads=True)
    for team in teams.order_by("pk").select_related("group"):
        add_team_member(team, taker, leads=True)
        audit.record(actor, "team.leader_changed", team, {"leader": [member.name, taker.name]})
    delete_memberships(member)


def delete_memberships(member: Member) -> None:
    TeamMember.objects.filter(member=member).delete()
    groups = Group.objects.filter(pk__in=Team.objects.values("group"))
    member.user.groups.remove(*groups.filter(user=member.user_id))
    own_grants(user=member.user_id, content_object__organization=member.organization_id).delete()
    realtime.ping(member.organization_id, "teams")


def add_team_member(team: Team, member: Member, *, leads: bool) -> None:
    row, _created = TeamMember.objects.get_or_create(team=team, member=member, defaults={"leads": leads})
    if leads and not row.leads:
        row.leads = True
        row.save(update_fields=["leads"])
    team.group.user_set.add(member.user_id)
