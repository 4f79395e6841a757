"""A hint to the workers that something is due. Losing it costs a minute: beat asks for the same."""

import logging
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def wake_worker(task: str, *, expires: int = 60, **options: str) -> None:
    """After the commit, once per transaction, asks for `task` to run within so many seconds or not at all."""
    hints = [hook.task for _ids, hook, _robust in transaction.get_connection().run_on_commit if isinstance(hook, Hint)]
    if task not in hints:
        transaction.on_commit(Hint(task, {"expires": expires, **options}), robust=True)


class Hint:
    """Told apart by its task, so that a transaction with a thousand causes gives one hint."""

    def __init__(self, task: str, options: dict[str, Any]) -> None:
        self.task, self.options = task, options

    def __call__(self) -> None:
        try:
            current_app.send_task(self.task, retry=False, **self.options)
        except OperationalError as error:
            log.warning("the broker did not take a hint: %s", error)
