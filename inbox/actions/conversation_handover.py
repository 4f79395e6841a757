"""A member leaves: what was assigned to them is assigned to somebody else."""

from foundation.processes import realtime
from inbox.queries.conversation_holdings import answerable_conversations, assigned_conversations
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.people.member_handover import Handover


def hand_over_conversations(actor: Actor, handover: Handover) -> None:
    """To the chosen one where they may answer it, else to the fallback, who may everything."""
    member, taker = handover.member, handover.chosen("conversations")
    answerable = answerable_conversations(taker, member).values("pk")
    moved = {taker.name: assigned_conversations(member).filter(pk__in=answerable).update(assignee=taker)}
    rest = assigned_conversations(member).update(assignee=handover.fallback)
    moved[handover.fallback.name] = moved.get(handover.fallback.name, 0) + rest
    if any(moved.values()):
        audit.record(
            actor, "conversations.handed_over", member, {name: count for name, count in moved.items() if count}
        )
        realtime.ping(member.organization_id, "inbox")
