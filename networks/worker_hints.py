"""Asks a worker to look into the outbox now rather than at the next tick. Losing the hint costs a second."""

from organizations.worker_hints import wake_worker


def wake_dispatcher() -> None:
    """After the commit, and once however many rows the transaction put in."""
    wake_worker("networks.tasks.tick", expires=5, queue="ticks")
