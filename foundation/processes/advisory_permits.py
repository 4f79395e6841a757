"""Seats that all workers of an installation share, for work of which only so much may go on at once."""

import contextlib
import zlib
from collections.abc import Iterator

from django.db import DatabaseError, connection


@contextlib.contextmanager
def advisory_permit(name: str, most: int) -> Iterator[bool]:
    """Whether one of so many was free; then it is ours meanwhile. PostgreSQL frees it when our connection ends."""
    kind = zlib.crc32(name.encode()) - 2**31  # an int4
    number = next((one for one in range(most) if call_lock_function("pg_try_advisory_lock", kind, one)), None)
    try:
        yield number is not None
    finally:
        if number is not None:
            with contextlib.suppress(DatabaseError):
                call_lock_function("pg_advisory_unlock", kind, number)


def call_lock_function(function: str, kind: int, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [kind, number])
        return bool(cursor.fetchone()[0])
