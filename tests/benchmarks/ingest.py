"""How fast messages from the networks become conversations.

The yardstick: a plain bulk INSERT of the same message rows in the same batches, one commit each, nothing looked up.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from inbox.actions.ingest import ingest_inbound
from inbox.models import Message
from networks.contract import Author, Inbound, InboundKind
from networks.models import Profile
from organizations.models import Organization
from organizations.tenancy import scope
from tests import builders
from tests.benchmarks.table import show

MENTIONS = 10_000
PEOPLE = 1_000
BATCHES = (100, 1000)
TIMES = 3
START = datetime(2026, 1, 1, tzinfo=UTC)


def run() -> None:
    """Prints messages a second by batch size, the best of three, and how many times longer than the yardstick."""
    organization = builders.organization("bench-ingest", owner="bench-ingest")
    with scope(organization):
        rows = [measured(organization, size) for size in BATCHES]
    show(
        f"Ingest of {MENTIONS:,} mentions by {PEOPLE:,} people, each a new conversation",
        ("batch", "ingest/s", "plain INSERT/s", "ratio", "the same again/s"),
        rows,
    )


def measured(organization: Organization, size: int) -> tuple[str, ...]:
    batches = list(cut(mentions(), size))
    ingesting, inserting, repeating = [], [], []
    for _ in range(TIMES):
        profile, other = (builders.profile(organization, "x") for _ in range(2))
        ingesting.append(seconds(lambda: [ingest_inbound(profile, batch) for batch in batches]))  # noqa: B023
        copies = list(cut(copied(profile, other), size))
        inserting.append(seconds(lambda: [Message.objects.bulk_create(batch) for batch in copies]))  # noqa: B023
        repeating.append(seconds(lambda: [ingest_inbound(profile, batch) for batch in batches]))  # noqa: B023
    taken, plain, again = min(ingesting), min(inserting), min(repeating)
    speeds = [f"{MENTIONS / time_:,.0f}" for time_ in (taken, plain, again)]
    return f"{size:,}", speeds[0], speeds[1], f"{taken / plain:.1f}x", speeds[2]


def mentions() -> list[Inbound]:
    people = [Author(str(n), f"Person {n}", f"person{n}") for n in range(PEOPLE)]
    return [
        Inbound(
            remote_id=str(10**18 + number),
            kind=InboundKind.MENTION,
            text=f"@acme my order {number} has not arrived yet, can you tell me where it is? Thank you very much.",
            sent_at=START + timedelta(seconds=number),
            author=people[number % PEOPLE],
            permalink=f"https://x.com/person/status/{10**18 + number}",
        )
        for number in range(MENTIONS)
    ]


def copied(profile: Profile, other: Profile) -> list[Message]:
    rows = list(Message.objects.filter(profile=profile).order_by("id"))
    for row in rows:
        row.pk, row.profile = None, other
    return rows


def cut(rows: list, size: int) -> Iterator[list]:
    return (rows[at : at + size] for at in range(0, len(rows), size))


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
