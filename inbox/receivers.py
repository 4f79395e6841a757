"""What this floor does when the floors below tell it something."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from inbox.actions.ingest import ingest
from inbox.actions.settle import settle_reply
from networks.contract import Inbound
from networks.models import Outgoing, Profile
from networks.signals import inbound_received, outgoing_settled


@receiver(inbound_received)
def take_in(sender: object, profile: Profile, items: Sequence[Inbound], **_: Any) -> None:
    ingest(profile, items)


@receiver(outgoing_settled)
def follow(sender: object, outgoing: Outgoing, **_: Any) -> None:
    settle_reply(outgoing)
