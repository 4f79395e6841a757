"""Whose conversation it is."""

from django.db import transaction
from django.utils.translation import gettext as _

from foundation.errors import Invalid
from foundation.overtaking import Seen, refuse_overtaken
from foundation.processes import realtime
from inbox.access import has_conversation_right, require_conversation_right
from inbox.conversation_notices import notify_assigned
from inbox.models import Conversation
from inbox.queries.conversation_thread import members_who_answer, teams_who_answer
from organizations.access import lock_present_member
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.models import Member
from teams.models import Team


@transaction.atomic
def assign_conversation(
    actor: Actor,
    conversation: Conversation,
    *,
    member: Member | None = None,
    team: Team | None = None,
    seen: Seen = None,
) -> Conversation:
    """Gives it to `member`, or to `team`, or to both; to nobody when neither is named.

    Its assignee may give it back without the right to assign, and then it stays with its team. Raises PermissionDenied;
    Invalid (member, team) when nobody there could answer it; Overtaken.
    """
    require_conversation_right(actor, conversation, "assign" if member or team else "give_back")
    if member and not lock_present_member(member):
        raise Invalid({"member": [f"{member.name} has left."]})
    require_answerable(conversation, member, team)
    rows = Conversation.objects.select_for_update(of=("self",)).select_related("assignee__user", "team")
    row = rows.get(pk=conversation.pk)
    refuse_overtaken(row.mark, seen)
    if not (member or team) and not has_conversation_right(actor, row, "assign"):
        require_conversation_right(actor, row, "give_back")
        team = row.team
    given = {"assignee": (row.assignee, member), "team": (row.team, team)}
    change = {name: [one and one.name for one in pair] for name, pair in given.items() if pair[0] != pair[1]}
    if change:
        Conversation.objects.filter(pk=row.pk).update(assignee=member, team=team)
        audit.record(actor, "conversation.assigned", row, change)
        notify_assigned(actor, conversation, member=member, team=team)
        realtime.ping(row.organization_id, "inbox", row.pk, profile_id=row.profile_id)
    conversation.assignee, conversation.team = member, team
    return conversation


def require_answerable(conversation: Conversation, member: Member | None, team: Team | None) -> None:
    """The judgement of the menu, too: who may not answer is not given what waits for an answer."""
    profile = conversation.profile
    wrong = {}
    if member and not members_who_answer(profile).filter(pk=member.pk).exists():
        wrong["member"] = [
            _("%(name)s may not answer as %(profile)s.") % {"name": member.name, "profile": profile.name}
        ]
    if team and not teams_who_answer(profile).filter(pk=team.pk).exists():
        sentence = _("Nobody in %(name)s may answer as %(profile)s, or the team does not look after it.")
        wrong["team"] = [sentence % {"name": team.name, "profile": profile.name}]
    if wrong:
        raise Invalid(wrong)
