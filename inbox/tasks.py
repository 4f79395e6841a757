"""The inbox's side of the workers."""

from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils.timezone import now

from inbox.actions.settle import settle_reply
from inbox.models import Message
from organizations.tenancy import scope

LONG_ENOUGH = timedelta(seconds=30)
AT_ONCE = 100


@shared_task
def settle_forgotten() -> None:
    """Follows answers that have left, but whose worker died before it could tell the inbox."""
    # unscoped: one sweep serves every organization; index message_unlinked
    rows = Message.unscoped.filter(direction="out", remote_id=None, outgoing__state="sent")
    left = rows.filter(outgoing__sent_at__lt=now() - LONG_ENOUGH).select_related("outgoing__profile")
    for message in left.order_by("pk")[:AT_ONCE]:
        with scope(message.organization_id), transaction.atomic():
            settle_reply(message.outgoing)
