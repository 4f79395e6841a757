"""Asks a worker to look into the outbox now rather than at the next tick. Losing the hint costs a second."""

import logging

from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def wake_dispatcher() -> None:
    transaction.on_commit(send_hint, robust=True)


def send_hint() -> None:
    from networks.tasks import tick

    try:
        tick.apply_async(retry=False, expires=5, queue="ticks")
    except OperationalError as error:
        log.warning("the broker did not take a hint: %s", error)
