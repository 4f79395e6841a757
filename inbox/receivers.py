"""What this floor does when the floors below tell it something."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from inbox.actions.conversation_handover import hand_over_conversations
from inbox.actions.ingest import ingest_inbound
from inbox.actions.message_changes import follow_reading
from inbox.actions.reply_settlement import settle_reply
from inbox.queries.conversation_holdings import list_conversation_holdings
from inbox.queries.message_looks import list_due_looks
from networks.contract import DraftKind, Inbound, InboundChange
from networks.models import Outgoing, Profile
from networks.signals import inbound_asked, inbound_changed, inbound_received, outgoing_settled
from organizations.actors import Actor
from organizations.people.member_handover import Handover, Holding
from organizations.signals import holdings_asked, member_leaving


@receiver(inbound_received)
def ingest_received(sender: object, profile: Profile, items: Sequence[Inbound], **_: Any) -> None:
    ingest_inbound(profile, items)


@receiver(inbound_changed)
def follow_changed(
    sender: object,
    profile: Profile,
    changes: Sequence[InboundChange],
    listed: Mapping[str, datetime],
    looked: Sequence[str],
    **_: Any,
) -> None:
    follow_reading(profile, changes, listed=listed, looked=looked)


@receiver(inbound_asked)
def list_asked_again(sender: object, profile: Profile, **_: Any) -> list[str]:
    return list_due_looks(profile)


@receiver(outgoing_settled)
def settle_sent_reply(sender: object, outgoing: Outgoing, **_: Any) -> None:
    if outgoing.draft["kind"] == DraftKind.REPLY:
        settle_reply(outgoing)


@receiver(member_leaving, dispatch_uid="inbox.member_leaving")
def hand_over_assigned(sender: object, actor: Actor, handover: Handover, **_: Any) -> None:
    hand_over_conversations(actor, handover)


@receiver(holdings_asked, dispatch_uid="inbox.holdings_asked")
def count_held_conversations(sender: object, handover: Handover, **_: Any) -> list[Holding]:
    return list_conversation_holdings(handover)
