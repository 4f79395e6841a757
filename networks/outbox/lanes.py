"""Which profiles may send at this moment, and which row is next.

A lane is a profile: of its rows one is under way at a time, and they leave in order. So nothing overtakes on one
profile, and nothing that is wrong with one profile holds up another.

Written as SQL: it runs for every row that leaves, and LATERAL lets each lane find its head in the index outgoing_lane,
whatever else is planned or done.
"""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models.expressions import RawSQL

from foundation.database.prepared_statements import PreparedStatement
from networks.readiness import CIRCUIT_ID, IS_REPLY_SQL, MAY_SEND, MAY_SEND_POSTS, STILL_MAY_SEND, STILL_MAY_SEND_POSTS

NOT_SENDING = """
    NOT EXISTS (SELECT FROM networks_outgoing busy WHERE busy.profile_id = p.id AND busy.state = 'sending')
"""
DUE_NOW = "o.state = 'waiting' AND o.held = '' AND o.due_at <= %(now)s"

# Networks to which the organization sends on as many workers as it may: so one that hangs never keeps them all.
FULL_NETWORKS_SQL = """
    SELECT sp.network, sp.sandbox
    FROM networks_outgoing s JOIN networks_profile sp ON sp.id = s.profile_id
    WHERE s.state = 'sending' AND s.organization_id = %(organization_id)s
    GROUP BY 1, 2 HAVING count(*) >= %(sends_of_network)s
"""
NEXT_ROW_SQL = f"""
    WITH busy AS MATERIALIZED ({FULL_NETWORKS_SQL}), head AS MATERIALIZED (
        SELECT first.*
        FROM networks_profile p
        CROSS JOIN LATERAL (
            SELECT due.*
            FROM (VALUES (0), (1), (2)) AS kind (priority)
            CROSS JOIN LATERAL (
                SELECT o.id, o.priority, o.planned_at FROM networks_outgoing o
                WHERE o.profile_id = p.id AND o.priority = kind.priority AND o.planned_at <= %(now)s
                    AND {DUE_NOW} AND ({IS_REPLY_SQL} OR {MAY_SEND_POSTS})
                ORDER BY o.planned_at, o.id LIMIT 1
            ) due
            ORDER BY kind.priority LIMIT 1
        ) first
        WHERE p.organization_id = %(organization_id)s AND {MAY_SEND} AND {NOT_SENDING}
            AND (p.network, p.sandbox) NOT IN (SELECT network, sandbox FROM busy)
    )
    SELECT o.id, {CIRCUIT_ID}
    FROM (SELECT id FROM head ORDER BY priority, planned_at, id) AS next
    CROSS JOIN LATERAL ( -- one after the other, until one can be locked; OFFSET 0: by its id and in no other way
        SELECT o, p FROM networks_outgoing o JOIN networks_profile p ON p.id = o.profile_id WHERE o.id = next.id
        OFFSET 0 FOR NO KEY UPDATE OF o, p SKIP LOCKED
    ) AS locked
    CROSS JOIN LATERAL (SELECT (locked.o).*) AS o CROSS JOIN LATERAL (SELECT (locked.p).*) AS p
    WHERE {DUE_NOW} AND {STILL_MAY_SEND} AND ({IS_REPLY_SQL} OR {STILL_MAY_SEND_POSTS}) -- once more: see there
    LIMIT 1
"""  # noqa: S608  # made of the constants above

TAKE_NEXT = PreparedStatement(
    "outbox_next",
    NEXT_ROW_SQL,
    {"organization_id": "bigint", "now": "timestamptz", "sends_of_network": "bigint"},
    # Where nothing waited when it last counted, the planner takes it for cheap to gather and sort all that waits, once
    # for each lane; then a thousand posts are planned for one moment.
    planned_with="enable_sort = off",
)

DUE_LANES_SQL = f"""
    SELECT o.organization_id, greatest(o.due_at, %(now)s) AS at, count(DISTINCT o.profile_id)
    FROM networks_outgoing o JOIN networks_profile p ON p.id = o.profile_id
    WHERE o.state = 'waiting' AND o.held = '' AND o.due_at <= %(until)s
        AND ({IS_REPLY_SQL} OR {MAY_SEND_POSTS}) AND {MAY_SEND} AND {NOT_SENDING}
    GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608  # as above


def sendable_profile_ids(also: str = "true") -> RawSQL:
    """The ids of the profiles that may send at this moment, exactly as the dispatcher asks it."""
    asked = f"SELECT p.id FROM networks_profile p WHERE {MAY_SEND} AND {also}"  # noqa: S608 - constants
    return RawSQL(asked.replace("%(now)s", "statement_timestamp()"), ())  # noqa: S611 - as above


def lock_next_row(organization_id: int, now: datetime) -> tuple[int, int | None] | None:
    """Locks the row that is to leave next, and its profile, or a second row of it could begin. Passes over what
    somebody else is taking or changing.

    (row, circuit of its network, where that is or just was in trouble)
    """
    return TAKE_NEXT.first(organization_id=organization_id, now=now, sends_of_network=settings.SENDS_OF_NETWORK)


def due_lanes(now: datetime, until: datetime) -> Iterator[tuple[int, datetime, int]]:
    """(organization, time, lanes) for all rows that are due by `until`; what is overdue is due `now`."""
    with connection.cursor() as cursor:
        cursor.execute(DUE_LANES_SQL, {"now": now, "until": until})
        yield from cursor.fetchall()
