"""Waiting for what other processes do."""

import time
from collections.abc import Callable


def eventually(holds: Callable[[], bool], within: float = 30) -> None:
    until = time.monotonic() + within
    while not holds():
        assert time.monotonic() < until, f"not so within {within} s"
        time.sleep(0.1)
