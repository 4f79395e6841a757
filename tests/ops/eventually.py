"""Waiting for what other processes do."""

import time
from collections.abc import Callable

import psutil


def eventually(holds: Callable[[], bool], within: float = 30, *, tell: Callable[[], object] = str) -> None:
    """`tell` says what there was instead, once it has taken too long."""
    until = time.monotonic() + within
    while not holds():
        assert time.monotonic() < until, f"not so within {within} s: {tell()}"
        time.sleep(0.1)


def gone(process: psutil.Process) -> bool:
    """Whether it has ended, also where nobody has asked yet how."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
