"""Who may do what with a conversation: the verbs on its profile decide.

Reading needs `view`; answering and closing need `reply`; assigning needs `reply` or `manage`, or leading a team that is
tasked with the profile. Who was given one can always give it back.
"""

from django.db.models import QuerySet

from foundation.database.lookups import get_or_not_found
from foundation.errors import NotFound, PermissionDenied
from inbox.models import Conversation
from organizations.actors import Actor, System
from teams.access import has_verb_on, profiles_for
from teams.models import TeamMember

REFUSALS = {
    "reply": "You can read this conversation, but you are not allowed to reply as {name}.",
    "close": "You can read this conversation, but you are not allowed to reply as {name}.",
    "assign": "You can read this conversation, but you are not allowed to assign what comes in to {name}.",
    "give_back": "You can read this conversation, but you are not allowed to assign what comes in to {name}.",
}


def conversations_for(actor: Actor) -> QuerySet[Conversation]:
    """Every conversation on a profile that `actor` may view."""
    rows: QuerySet[Conversation] = Conversation.objects.filter(profile__in=profiles_for(actor, to="view"))
    return rows


def access_conversation(actor: Actor, pk: int | str, *, to: str = "view") -> Conversation:
    """One conversation. Raises NotFound for foreign or invisible ones, PermissionDenied for seen but not allowed."""
    rows = conversations_for(actor).select_related("profile", "contact", "about__outgoing", "assignee__user", "team")
    conversation = get_or_not_found(rows, pk)
    require_conversation_right(actor, conversation, to)
    return conversation


def require_conversation_right(actor: Actor, conversation: Conversation, to: str) -> None:
    """The guard of every action; raises NotFound or PermissionDenied."""
    if to == "view":
        if not has_verb_on(actor, "view", conversation.profile_id):
            raise NotFound
    elif not has_conversation_right(actor, conversation, to):
        raise PermissionDenied(REFUSALS[to].format(name=conversation.profile.name))


def has_conversation_right(actor: Actor, conversation: Conversation, to: str) -> bool:
    """Whether somebody who can view it may reply, close, assign or give it back."""
    if has_verb_on(actor, "reply", conversation.profile_id):
        return True
    if to not in ("assign", "give_back") or isinstance(actor, System):
        return False
    if to == "give_back" and conversation.assignee_id == actor.pk:
        return True
    leads = TeamMember.objects.filter(member=actor, leads=True, team__profiles=conversation.profile_id)
    return leads.exists() or has_verb_on(actor, "manage", conversation.profile_id)
