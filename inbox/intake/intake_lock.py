"""One writer of a profile's threads at a time."""

from django.db import connection

INTAKE_KEYS = 1 << 48  # keeps these keys apart from any other advisory locks of the database


def lock_intake(profile_id: int) -> None:
    """Waits until nobody else stores messages of this profile, and keeps others out until the transaction ends.

    A lock on the Profile row would also hold up its senders, who change that row. Taken before any conversation's row.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [INTAKE_KEYS + profile_id])
