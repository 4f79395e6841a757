"""Pieces of work that overlap, each on a database connection of its own."""

import sys
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any

from django.db import connection, connections

from organizations.models import Organization
from organizations.tenancy import scope
from tests.locks import locks

PATIENCE = 30
AT_MOST = 10.0  # seconds in which the second is over, or waits: milliseconds, but where the machine has much to do
LOCKS = ("FOR UPDATE", "FOR NO KEY UPDATE", "pg_advisory", "pg_try_advisory")


@dataclass(frozen=True)
class Overlap:
    """What each returned, or the error that it raised, and whether the second had to wait for the first."""

    first: Any
    second: Any
    waited: bool


class Work:
    """One piece on a thread and a connection of its own, in the organization's scope where one is named."""

    def __init__(self, organization: Organization | int | None, do: Callable[[], object], *around: Callable) -> None:
        self.organization, self.do, self.around = organization, do, around
        self.end: object = None
        self.backend: int | None = None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        try:
            connection.ensure_connection()
            self.backend = connection.connection.info.backend_pid
            with scope(self.organization) if self.organization else nullcontext():
                for wrapper in self.around:
                    connection.execute_wrappers.append(wrapper)
                self.end = self.do()
        except Exception as error:
            self.end = error
        finally:
            connections.close_all()

    @property
    def is_over(self) -> bool:
        return not self.thread.is_alive()

    def waits_for(self, other: "Work") -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s = ANY(pg_blocking_pids(%s))", [other.backend, self.backend])
            return bool(cursor.fetchone()[0])


class Stop:
    """Stops whoever comes to the lock, once: right after it is taken, or right before a swap compares."""

    def __init__(self, lock: str, sql: str, turn: int) -> None:
        self.function, _, number = lock.partition("#")
        self.before = locks()[lock] == "swap"
        self.sql = (sql,) if sql else ("UPDATE",) if self.before else LOCKS
        self.left = turn or int(number or 1)
        self.reached, self.go = threading.Event(), threading.Event()

    def __call__(self, execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
        here = not self.reached.is_set() and any(part in sql for part in self.sql) and self.is_inside(sys._getframe(1))
        if here and self.before:
            self.wait()
        answer = execute(sql, params, many, context)
        if here and not self.before:
            self.wait()
        return answer

    def is_inside(self, frame: FrameType | None) -> bool:
        """Whether the innermost function that takes a lock is the one that is named, and this is the lock's turn."""
        takers = {name.partition("#")[0] for name in locks()}
        while frame is not None:
            name = f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}"
            if name in takers:
                self.left -= name == self.function
                return name == self.function and self.left == 0
            frame = frame.f_back
        return self.function.rpartition(".")[2].isupper()  # a constant, of which `sql` tells

    def wait(self) -> None:
        self.reached.set()
        assert self.go.wait(PATIENCE)


def overlapping(
    lock: str,
    first: Callable[[], object],
    second: Callable[[], object],
    *,
    of: Organization | None,
    sql: str = "",
    turn: int = 0,
) -> Overlap:
    """Stops `first` where it has taken the lock, runs `second` until it is over or waits for `first`, lets both end.

    The lock is named as in tests/locks.py. `sql` is of one that does not say that it is one, `turn` of one that is not
    the first of its kind to run although it stands first, or the other way round. Both run in the scope `of` an
    organization.
    """
    stop = Stop(lock, sql, turn)
    one = Work(of, first, stop)
    until = time.monotonic() + PATIENCE
    while not stop.reached.wait(0.002):
        assert not one.is_over, f"The first took no lock in {lock}: {one.end!r}"
        assert time.monotonic() < until
    other, waited = Work(of, second), False
    try:
        until = time.monotonic() + AT_MOST
        while not (other.is_over or waited):
            other.thread.join(0.003)
            waited = not other.is_over and other.waits_for(one)
            assert time.monotonic() < until, "The second neither ended nor waited for the first."
    finally:
        stop.go.set()
        for work in (one, other):
            work.thread.join(PATIENCE)
    return Overlap(one.end, other.end, waited)


def at_once(organization: Organization | int, *works: Callable[[], object]) -> list[object]:
    """Releases all together, in the organization's scope; what each returned, or the error that it raised."""
    gate = threading.Barrier(len(works))

    def behind_gate(work: Callable[[], object]) -> object:
        gate.wait(PATIENCE)
        return work()

    running = [Work(organization, partial(behind_gate, work)) for work in works]
    for one in running:
        one.thread.join(PATIENCE)
    return [one.end for one in running]
