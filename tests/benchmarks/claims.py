"""What one claim costs with 1,000 and with 1,000,000 finished and future rows in the outbox."""

import time
from collections.abc import Callable
from datetime import timedelta

from tests.benchmarks.table import show

PROFILES = 50
DUE = 20
SMALL, LARGE = 1_000, 1_000_000
TIMES = 300
BOUND = 1.3

FILL = """
    INSERT INTO networks_outgoing (organization_id, profile_id, key, draft, state, planned_at, due_at, attempt_count,
        looks, resends, needs_person, reason, created_at, sent_at)
    SELECT p.organization_id, p.id, 'fill:' || n, '{"kind": "post", "text": "x"}',
        CASE WHEN n %% 2 = 0 THEN 'sent' ELSE 'waiting' END, at.at, at.at, 0, 0, 0, false, '', now(),
        CASE WHEN n %% 2 = 0 THEN at.at END
    FROM generate_series(%(first)s, %(last)s) AS n
    JOIN (SELECT id, organization_id, row_number() OVER (ORDER BY id) - 1 AS number FROM networks_profile
        WHERE organization_id = %(organization_id)s) p ON p.number = n %% %(profiles)s
    CROSS JOIN LATERAL (SELECT now() + (CASE WHEN n %% 2 = 0 THEN -1 ELSE 1 END) * (interval '2 minutes'
        + n * interval '10 seconds') AS at) at
"""


def run() -> None:
    """Prints milliseconds at both sizes, the best of many, and how many times longer the large one takes."""
    organization = prepare()
    fill(organization, 1, SMALL)
    before = {name: best(organization, work) for name, work in works().items()}
    fill(organization, SMALL + 1, LARGE)
    after = {name: best(organization, work) for name, work in works().items()}
    explain(organization)
    show(
        "One claim beside finished and future rows in the outbox (ms)",
        ("", f"{SMALL:,}", f"{LARGE:,}", "ratio", f"bound {BOUND}"),
        [row(name, before[name], after[name]) for name in before],
    )


def row(name: str, before: float, after: float) -> tuple[str, ...]:
    ratio = after / before
    return name, f"{before:.2f}", f"{after:.2f}", f"{ratio:.2f}", "ok" if ratio < BOUND else "TOO SLOW"


def works() -> dict[str, Callable[[], object]]:
    from django.utils.timezone import now

    from networks.outbox.claims import begin_next_row, due_turns

    return {
        "the dispatcher's look at what is due": lambda: due_turns(now()),
        "taking one row": lambda: begin_next_row(now()),
    }


def prepare():
    from django.utils.timezone import now

    from networks.actions.outgoing import enqueue_outgoing
    from networks.contract import Draft, DraftKind
    from organizations.tenancy import scope
    from tests import builders

    organization = builders.organization("bench-claims", owner="bench-claims")
    profiles = [builders.profile(organization, "x") for _ in range(PROFILES)]
    with scope(organization):
        for number in range(DUE):
            draft = Draft(kind=DraftKind.POST, text=f"due {number}")
            enqueue_outgoing(profiles[number], draft, key=f"due:{number}", due_at=now() - timedelta(seconds=1))
    return organization


def fill(organization, first: int, last: int) -> None:
    from django.db import connection

    given = {"first": first, "last": last, "profiles": PROFILES, "organization_id": organization.pk}
    with connection.cursor() as cursor:
        cursor.execute(FILL, given)
        cursor.execute("VACUUM ANALYZE networks_outgoing")  # what autovacuum does within minutes


def best(organization, work: Callable[[], object]) -> float:
    """Each is taken back, so that the next one finds the same."""
    from django.db import transaction

    from organizations.tenancy import scope

    taken = []
    with scope(organization):
        for _ in range(TIMES):
            with transaction.atomic():
                start = time.perf_counter()
                assert work(), "nothing was due"
                taken.append(time.perf_counter() - start)
                transaction.set_rollback(True)
    return min(taken) * 1000


def explain(organization) -> None:
    from django.db import connection
    from django.utils.timezone import now

    from networks.outbox.lanes import NEXT_ROW_SQL

    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN (ANALYZE, BUFFERS) " + NEXT_ROW_SQL,
            {"organization_id": organization.pk, "now": now(), "sends_of_network": 7},
        )
        print("\n" + "\n".join(line for (line,) in cursor.fetchall()))
