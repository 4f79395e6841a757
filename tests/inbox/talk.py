"""What people outside say in these tests, and how the outbox answers for a network."""

import itertools
from datetime import UTC, datetime, timedelta

from django.utils.timezone import now

from inbox.models import Conversation, Message
from networks.contract import Author, Inbound, InboundKind, Published
from networks.errors import NetworkError
from networks.models import Outgoing, Profile, RemotePost
from networks.outbox.claims import begin_next_row
from networks.outbox.outcomes import Outcome, outcome_of_error, outcome_of_published
from networks.outbox.settling import settle_row

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
BOB = Author("501", "Bob Stone", "bob")
EVE = Author("502", "Eve Hill", "eve")
ids = itertools.count(9000)


def says(
    text: str = "Hello",
    *,
    remote_id: str = "",
    minute: float = 0,
    author: Author | None = BOB,
    kind: InboundKind = InboundKind.MENTION,
    parent: str | None = None,
    root: str | None = None,
    own: bool = False,
) -> Inbound:
    return Inbound(
        remote_id=remote_id or str(next(ids)),
        kind=InboundKind.REPLY if parent and kind == InboundKind.MENTION else kind,
        text=text,
        sent_at=START + timedelta(minutes=minute),
        author=author,
        permalink="https://x.com/i/status/1",
        parent_id=parent,
        root_post_id=root,
        from_self=own,
    )


def our_post(profile: Profile, remote_id: str, text: str = "Our news") -> RemotePost:
    return RemotePost.objects.create(
        organization_id=profile.organization_id,
        profile=profile,
        remote_id=remote_id,
        text=text,
        permalink=f"https://x.com/acme/status/{remote_id}",
        published_at=START - timedelta(hours=1),
    )


def begin(row: Outgoing):
    """The moment before the call: claimed and sending."""
    begun = begin_next_row(now())
    assert begun is not None
    assert begun[0].pk == row.pk
    return begun


def end(begun, outcome: Outcome) -> Outgoing:
    row, attempt = begun
    assert settle_row(row, attempt, outcome)
    return row


def sent_as(remote_id: str, minute: float = 30) -> Outcome:
    link = f"https://x.com/acme/status/{remote_id}"
    return outcome_of_published(Published(remote_id, link, START + timedelta(minutes=minute)))


def ended(error: NetworkError) -> Outcome:
    return outcome_of_error(error, attempts=1, ambiguous_before=False, planned_at=now(), now=now())


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


def only_conversation() -> Conversation:
    return Conversation.objects.get()


def texts(conversation: Conversation) -> list[str]:
    messages = Message.objects.filter(conversation=conversation).order_by("sent_at", "id")
    return list(messages.values_list("text", flat=True))
