"""Several at once, each on a connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection, connections

from organizations.models import Organization
from organizations.tenancy import scope


def at_once(organization: Organization, *works: Callable[[], object]) -> list[object]:
    """What each returned or raised."""
    gate = threading.Barrier(len(works))
    answers: list[object] = [None] * len(works)

    def run(index: int, work: Callable[[], object]) -> None:
        try:
            with scope(organization):
                connection.ensure_connection()
                gate.wait(10)
                answers[index] = work()
        except Exception as error:
            answers[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers
