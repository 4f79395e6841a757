"""What networks pushed goes once it was read and so much time is over: what came of it stands elsewhere."""

from datetime import datetime, timedelta

from foundation.database.purges import purge_rows
from networks.models import WebhookReceipt


def purge_read_receipts(at: datetime, *, days: int) -> int:
    """Removes receipts that were read more than `days` ago; how many. What nobody has read yet stays."""
    rows = WebhookReceipt.objects.filter(digested_at__lt=at - timedelta(days=days))  # index receipt_read
    return purge_rows(rows.order_by("digested_at"))
