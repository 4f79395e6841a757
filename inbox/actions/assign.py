"""Whose conversation it is."""

from django.db import transaction

from inbox.access import require
from inbox.models import Conversation
from inbox.notices import tell_given
from networks.models import ProfileGroupObjectPermission
from organizations import audit
from organizations.access import still_here
from organizations.actors import Actor
from organizations.models import Member
from socialops.lib import realtime
from socialops.lib.errors import Invalid
from teams.access import can
from teams.models import Team


@transaction.atomic
def assign_conversation(
    actor: Actor, conversation: Conversation, *, member: Member | None = None, team: Team | None = None
) -> Conversation:
    """Gives it to `member`, or to `team`, or to both; to nobody when neither is named.

    Raises PermissionDenied; Invalid (member, team) when they could not see it.
    """
    require(actor, conversation, "assign")
    if member and not still_here(member):
        raise Invalid({"member": [f"{member.name} has left."]})
    check(conversation, member, team)
    rows = Conversation.objects.select_for_update(of=("self",)).select_related("assignee__user", "team")
    row = rows.get(pk=conversation.pk)
    given = {"assignee": (row.assignee, member), "team": (row.team, team)}
    change = {name: [one and one.name for one in pair] for name, pair in given.items() if pair[0] != pair[1]}
    if change:
        Conversation.objects.filter(pk=row.pk).update(assignee=member, team=team)
        audit.record(actor, "conversation.assigned", row, change)
        tell_given(actor, conversation, member=member, team=team)
        realtime.ping(row.organization_id, "inbox", row.pk, profile_id=row.profile_id)
    conversation.assignee, conversation.team = member, team
    return conversation


def check(conversation: Conversation, member: Member | None, team: Team | None) -> None:
    profile = conversation.profile
    wrong = {}
    if member and not can(member, "view", profile.pk):
        wrong["member"] = [f"{member.name} cannot see {profile.name}."]
    if team and not sees(team, profile.pk):
        wrong["team"] = [f"{team.name} is not tasked with {profile.name}."]
    if wrong:
        raise Invalid(wrong)


def sees(team: Team, profile_id: int) -> bool:
    """Tasked with the profile, or granted something there."""
    granted = ProfileGroupObjectPermission.objects.filter(group=team.group_id, content_object=profile_id)
    return team.profiles.filter(pk=profile_id).exists() or granted.exists()
