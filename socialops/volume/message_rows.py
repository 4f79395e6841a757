"""Conversations with their people and messages."""

import math
import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from inbox.models import Contact, Conversation, Message
from networks.models import Profile
from networks.registry import manifest_of
from socialops.volume.row_maker import BATCH_SIZE, RowMaker, save_rows


def make_messages(maker: RowMaker, profiles: list[Profile]) -> None:
    count = maker.wanted.messages if profiles else 0
    for start in range(0, count, BATCH_SIZE):
        save_message_batch(maker, profiles, start, min(BATCH_SIZE, count - start))


def save_message_batch(maker: RowMaker, profiles: list[Profile], start: int, count: int) -> None:
    """Conversations of one to six messages; every second message is our answer."""
    own = {"organization": maker.organization}
    lengths = list(split_count(count, maker.dice))
    where = [maker.busy(profiles) for _ in lengths]
    contacts = save_rows(
        Contact,
        [
            Contact(
                **own, network=profile.network, remote_id=f"{maker.mark}{start + number}", name=maker.text(2).title()
            )
            for number, profile in enumerate(where)
        ],
    )
    begun = [maker.moment() for _ in lengths]
    talks = save_rows(
        Conversation,
        [
            build_conversation(maker, profile, contact, f"{maker.mark}{start + number}", at, length)
            for number, (profile, contact, at, length) in enumerate(zip(where, contacts, begun, lengths, strict=True))
        ],
    )
    rows = [
        message
        for one, at, length in zip(talks, begun, lengths, strict=True)
        for message in build_messages(maker, one, at, length)
    ]
    for message in save_rows(Message, rows):
        message.conversation.last_message_id = message.pk
        message.conversation.snippet = message.text[:200]
    Conversation.objects.bulk_update(talks, ["last_message_id", "snippet"])


def build_conversation(
    maker: RowMaker, profile: Profile, contact: Contact, root: str, at: datetime, length: int
) -> Conversation:
    waits = length % 2 == 1
    return Conversation(
        organization=maker.organization,
        profile=profile,
        contact=contact,
        kind=manifest_of(profile.network).default_inbound_kind,
        root_id=root,
        state="open" if waits or maker.dice.random() < 0.2 else "closed",
        assignee=maker.dice.choice([None, *maker.members]),
        message_count=length,
        unanswered_since=at + timedelta(minutes=7 * (length - 1)) if waits else None,
        last_message_at=at + timedelta(minutes=7 * (length - 1)),
    )


def build_messages(maker: RowMaker, of: Conversation, at: datetime, length: int) -> Iterator[Message]:
    for number in range(length):
        yield Message(
            organization=maker.organization,
            profile=of.profile,
            conversation=of,
            direction=("in", "out")[number % 2],
            remote_id=f"{of.root_id}.{number}" if number else of.root_id,
            contact=None if number % 2 else of.contact,
            writer=maker.dice.choice(maker.members) if number % 2 else None,
            text=maker.text(12),
            sent_at=at + timedelta(minutes=7 * number),
        )


def split_count(count: int, dice: random.Random) -> Iterator[int]:
    while count > 0:
        share = min(count, math.ceil(dice.random() * 6))
        count -= share
        yield share
