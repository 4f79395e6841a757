"""Places that all workers of an installation share, for work of which only so much may go on at once."""

import contextlib
import zlib
from collections.abc import Iterator

from django.db import DatabaseError, connection


@contextlib.contextmanager
def seat(name: str, number: int) -> Iterator[bool]:
    """Whether the place was free; then it is ours meanwhile. PostgreSQL frees it when our connection ends."""
    key = [zlib.crc32(name.encode()) - 2**31, number]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        free = bool(cursor.fetchone()[0])
    try:
        yield free
    finally:
        if free:
            with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)
