"""Several pieces of work at the same moment, each on a database connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection, connections

from organizations.models import Organization
from organizations.tenancy import scope

PATIENCE = 30


def at_once(organization: Organization | int, *works: Callable[[], object]) -> list[object]:
    """Releases all together, in the organization's scope; what each returned, or the error that it raised."""
    gate = threading.Barrier(len(works))
    ends: list[object] = [None] * len(works)

    def run(index: int, work: Callable[[], object]) -> None:
        try:
            with scope(organization):
                connection.ensure_connection()
                gate.wait(PATIENCE)
                ends[index] = work()
        except Exception as error:
            ends[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return ends
