"""What networks pushed goes once it was read and so much time is over: what came of it stands elsewhere.

A batch is a short transaction of its own and passes over rows that somebody holds, so that nobody waits for it.
"""

from datetime import datetime, timedelta

from django.db import transaction

from networks.models import WebhookReceipt

PURGE_BATCH_SIZE = 500
PURGE_BATCHES = 40  # of one run; what is left is taken by the next one


def purge_read_receipts(at: datetime, *, days: int) -> int:
    """Removes receipts that were read more than `days` ago; how many. What nobody has read yet stays."""
    gone = 0
    for _batch in range(PURGE_BATCHES):
        found = purge_receipt_batch(at - timedelta(days=days))
        gone += found
        if found < PURGE_BATCH_SIZE:
            break
    return gone


@transaction.atomic
def purge_receipt_batch(before: datetime) -> int:
    rows = WebhookReceipt.objects.filter(digested_at__lt=before).order_by("digested_at")  # index receipt_read
    held = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True)[:PURGE_BATCH_SIZE])
    WebhookReceipt.objects.filter(pk__in=held).delete()
    return len(held)
