"""What this floor does when the floors below tell it something."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from inbox.actions.follow import follow
from inbox.actions.handover import hand_over_conversations
from inbox.actions.ingest import ingest
from inbox.actions.settle import settle_reply
from inbox.queries.following import due_again
from inbox.queries.handover import holdings
from networks.contract import Change, DraftKind, Inbound
from networks.models import Outgoing, Profile
from networks.signals import inbound_asked, inbound_changed, inbound_received, outgoing_settled
from organizations.actors import Actor
from organizations.people.handover import Handover, Holding
from organizations.signals import holdings_asked, member_leaving


@receiver(inbound_received)
def take_in(sender: object, profile: Profile, items: Sequence[Inbound], **_: Any) -> None:
    ingest(profile, items)


@receiver(inbound_changed)
def keep_up(
    sender: object,
    profile: Profile,
    changes: Sequence[Change],
    listed: Mapping[str, datetime],
    looked: Sequence[str],
    **_: Any,
) -> None:
    follow(profile, changes, listed=listed, looked=looked)


@receiver(inbound_asked)
def ask_again(sender: object, profile: Profile, **_: Any) -> list[str]:
    return due_again(profile)


@receiver(outgoing_settled)
def settled(sender: object, outgoing: Outgoing, **_: Any) -> None:
    if outgoing.draft["kind"] == DraftKind.REPLY:
        settle_reply(outgoing)


@receiver(member_leaving, dispatch_uid="inbox.member_leaving")
def assignee_leaves(sender: object, actor: Actor, handover: Handover, **_: Any) -> None:
    hand_over_conversations(actor, handover)


@receiver(holdings_asked, dispatch_uid="inbox.holdings_asked")
def count_conversations(sender: object, handover: Handover, **_: Any) -> list[Holding]:
    return holdings(handover)
