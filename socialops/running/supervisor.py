"""Runs the Procfile's processes as one, and starts anew what ends by itself, until we are told to stop.

Like `honcho start`, except for two things. Only the leader of each process is told to stop: Celery's children would
otherwise be killed in the middle of a call to a network, and its leader could not let them finish. And the end of one
is not the end of all, unless it ends before anything was ready: then its settings are wrong, and somebody should read
what it said.
"""

import contextlib
import queue
import signal
import sys
import time
import urllib.request
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Protocol

from honcho.environ import parse_procfile
from honcho.printer import Message, Printer

from socialops.running.only_instance import SUPERVISED_VARIABLE
from socialops.running.procfile_process import ProcfileProcess
from socialops.running.servers import ServiceFailed

END_WITHIN = 8.0  # seconds; a call to a network that takes longer is looked for after the next start
READY_WITHIN = 120.0
LOOK_EVERY = 0.2
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0  # before it is started again
SETTLED_AFTER = 60.0  # what has run for so long did not end because of how it starts
PROCESS_COLOURS = cycle(["36", "33", "32", "35", "34"])


class Runnable(Protocol):
    """What can be kept running: a process of the Procfile, or an embedded server."""

    name: str

    def start(self) -> None: ...  # may raise ServiceFailed or OSError

    def ended(self) -> str: ...  # how it ended, empty while it runs

    def end(self) -> None: ...  # also what is left of it once it has ended


class SupervisedThing:
    """Something that runs, and when it is started again after it ended."""

    def __init__(self, thing: Runnable, now: float) -> None:
        self.thing = thing
        self.began = now
        self.wait = 0.0
        self.due: float | None = None  # None while it runs

    def start(self, now: float) -> None:
        self.began = now
        self.due = None
        self.thing.start()

    def settled(self, now: float) -> bool:
        return now - self.began >= SETTLED_AFTER

    def is_first_try(self, now: float) -> bool:
        return not self.wait and not self.settled(now)

    def put_off(self, now: float) -> float:
        """Seconds until its next start: more each time, as long as it keeps ending soon after one."""
        again = self.wait and not self.settled(now)
        self.wait = min(2 * self.wait, LONGEST_WAIT) if again else FIRST_WAIT
        self.due = now + self.wait
        return self.wait


class Supervisor:
    def __init__(self, procfile: Path, env: dict[str, str], run_dir: Path, servers: Sequence[Runnable] = ()) -> None:
        commands: dict[str, str] = parse_procfile(procfile.read_text()).processes
        self.printer = Printer(sys.stdout, width=max(map(len, [*commands, "system"])))
        # Celery's title would be written over the environment, and so over the mark by which an orphan is found.
        env = {**env, SUPERVISED_VARIABLE: str(run_dir), "PYTHONUNBUFFERED": "1", "SPT_NOENV": "1"}
        self.processes = [
            ProcfileProcess(
                name, command, cwd=procfile.parent, env=env, write=partial(self.write_line, name, next(PROCESS_COLOURS))
            )
            for name, command in commands.items()
        ]
        self.kept = [SupervisedThing(thing, time.monotonic()) for thing in (*servers, *self.processes)]
        self.ready = False  # whether everything has worked once
        self.stops: queue.SimpleQueue[int] = queue.SimpleQueue()  # signals; no other queue may be filled by a handler

    def run(self) -> int:
        """Blocks until everything has ended: 0 when somebody asked for it, 1 when a process could not start."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda number, _: self.stops.put(number))
        failed = ""
        try:
            for process in self.processes:
                process.start()
            while not failed and not self.is_asked_to_stop():
                failed = self.look(time.monotonic())
        finally:
            self.stop()
        if failed:
            self.report(f"{failed} before SocialOps was ready, so everything stops")
        return 1 if failed else 0

    def is_asked_to_stop(self) -> bool:
        with contextlib.suppress(queue.Empty):
            self.stops.get(timeout=LOOK_EVERY)
            return True
        return False

    def look(self, now: float) -> str:
        """Sees to it that everything runs, or will again; says what cannot start, empty where all is well."""
        for kept in self.kept:
            if kept.due is not None:
                if kept.due <= now:
                    self.start_again(kept, now)
            elif how := kept.thing.ended():
                if not self.ready and kept.is_first_try(now):
                    return f"{kept.thing.name} {how}"
                kept.thing.end()  # or the children of a killed Celery would go on beside those of the next one
                self.put_off(kept, f"{kept.thing.name} {how}", now)
        return ""

    def start_again(self, kept: SupervisedThing, now: float) -> None:
        try:
            kept.start(now)
        except ServiceFailed as error:
            self.put_off(kept, str(error), now)
        except OSError as error:  # no memory or no number for another process; there may be later
            self.put_off(kept, f"{kept.thing.name} did not start ({error.strerror})", now)

    def put_off(self, kept: SupervisedThing, why: str, now: float) -> None:
        self.report(f"{why}; it is started again in {kept.put_off(now):.0f} s")

    def report(self, line: str) -> None:
        self.write_line("system", "", line)

    def write_line(self, name: str, colour: str, line: str) -> None:
        self.printer.write(Message("line", line.rstrip("\n") + "\n", datetime.now(), name, colour or None))

    def stop(self) -> None:
        """Asks each process to end, then kills what is left of them."""
        for process in self.processes:
            process.ask_to_end()
        until = time.monotonic() + END_WITHIN
        for process in self.processes:
            process.end(max(0.0, until - time.monotonic()))

    def wait_until_ready(self, url: str) -> bool:
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until and not self.ready:
            with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own
                self.ready = answer.status == 200
            time.sleep(0.3)
        return self.ready
