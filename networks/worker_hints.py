"""Asks a worker to look into the outbox now rather than at the next tick. Losing the hint costs a second."""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def wake_dispatcher() -> None:
    """After the commit, and once however many rows the transaction put in."""
    if send_hint not in (hook for _savepoints, hook, _robust in transaction.get_connection().run_on_commit):
        transaction.on_commit(send_hint, robust=True)


def send_hint() -> None:
    try:
        current_app.send_task("networks.tasks.tick", retry=False, expires=5, queue="ticks")
    except OperationalError as error:
        log.warning("the broker did not take a hint: %s", error)
