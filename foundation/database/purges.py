"""What is old goes in batches.

A batch is a short transaction of its own and passes over rows that somebody holds, so that nobody waits for it.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

BATCH = 500
BATCHES = 40  # of one run; what is left is taken by the next one


def purge_rows(rows: QuerySet[Any]) -> int:
    """Removes `rows` in their order; how many."""
    return purge_in_batches(partial(purge_row_batch, rows))


def purge_in_batches(purge_batch: Callable[[int], int], *, size: int = 0, batches: int = 0) -> int:
    """Calls `purge_batch(size)`, each time in a transaction of its own, until it removes fewer; how many in all."""
    size, removed = size or BATCH, 0
    for _batch in range(batches or BATCHES):
        with transaction.atomic():
            found = purge_batch(size)
        removed += found
        if found < size:
            break
    return removed


def purge_row_batch(rows: QuerySet[Any], size: int) -> int:
    held = list(rows.select_for_update(skip_locked=True)[:size].values_list("pk", flat=True))
    rows.filter(pk__in=held).delete()
    return len(held)
