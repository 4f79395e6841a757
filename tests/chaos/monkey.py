"""Kills what runs and restarts what it stands on, at times drawn from the seed."""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress

from redis import RedisError

from tests.chaos.storm import Storm
from tests.ops.service import Service
from tests.stack import Stack

USUAL = {"kill a child": 5, "kill the worker": 2, "empty redis": 1}
EVERY = (1.0, 2.5)  # seconds between two of these
ONCE = {  # and how many seconds later it is undone
    ("redis off", "redis on"): 1.5,
    ("postgres off", "postgres on"): 1.0,
    ("x down", "x up"): 2.0,
    ("facebook down", "facebook up"): 2.0,
}


class Monkey:
    def __init__(self, seed: int, stack: Stack, storms: dict[str, Storm], services: dict[str, Service]) -> None:
        self.dice = random.Random(f"{seed}:monkey")
        self.stack = stack
        self.storms = storms
        self.services = services
        self.done: Counter[str] = Counter()

    def rage(self, seconds: float) -> None:
        """Blow after blow for so long; whatever was switched off is on again at the end."""
        began = time.monotonic()
        for at, blow in self.blows(seconds):
            time.sleep(max(0.0, began + at - time.monotonic()))
            self.done[blow] += 1
            self.strike(blow)
            self.revive()

    def revive(self) -> None:
        """As a supervisor would: a worker whose child is killed before it has begun ends by itself."""
        for name, process in self.stack.processes.items():
            if process.poll() is not None:
                self.done[f"{name} started again"] += 1
                self.stack.start(name)

    def blows(self, seconds: float) -> list[tuple[float, str]]:
        planned, at = [], self.dice.uniform(*EVERY)
        while at < seconds:
            planned.append((at, self.dice.choices([*USUAL], [*USUAL.values()])[0]))
            at += self.dice.uniform(*EVERY)
        for (ends, returns), gone in ONCE.items():
            at = self.dice.uniform(0.1 * seconds, seconds - gone)
            planned += [(at, ends), (at + gone, returns)]
        return sorted(planned)

    def strike(self, blow: str) -> None:
        match blow.split():
            case ["kill", "a", "child"]:
                self.kill_child()
            case ["kill", "the", "worker"]:
                self.stack.kill("worker")
                self.stack.start("worker")
            case ["empty", "redis"]:
                with suppress(RedisError):
                    self.stack.redis().flushdb()
            case [service, "off"]:
                self.services[service].off()
            case [service, "on"]:
                self.services[service].on()
            case [network, "down"]:
                self.storms[network].down = self.dice.choice(["error", "cut"])
            case [network, "up"]:
                self.storms[network].down = ""

    def kill_child(self) -> None:
        children = children_of(self.stack.processes["worker"].pid)
        if children:
            with suppress(ProcessLookupError):
                os.kill(self.dice.choice(children), signal.SIGKILL)


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = (line.split() for line in listed.splitlines())
    return sorted(int(child) for child, parent in pairs if int(parent) == pid)
