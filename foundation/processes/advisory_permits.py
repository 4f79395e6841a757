"""Seats that all workers of an installation share, for work of which only so much may go on at once."""

import contextlib
import zlib
from collections.abc import Iterator

from django.db import DatabaseError, connection


@contextlib.contextmanager
def advisory_permit(name: str, most: int) -> Iterator[bool]:
    """Whether one of so many was free; then it is ours meanwhile. PostgreSQL frees it when our connection ends."""
    kind = zlib.crc32(name.encode()) - 2**31  # an int4
    with connection.cursor() as cursor:
        cursor.execute(  # one after the other, until one is free: PostgreSQL stops at the first row that passes
            "SELECT number FROM generate_series(0, %s) AS number WHERE pg_try_advisory_lock(%s, number) LIMIT 1",
            [most - 1, kind],
        )
        taken = cursor.fetchone()
    try:
        yield taken is not None
    finally:
        if taken is not None:
            with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, taken[0]])
