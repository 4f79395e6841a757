"""Waiting for what other processes do."""

import time
from collections.abc import Callable

import psutil


def eventually(holds: Callable[[], bool], within: float = 30) -> None:
    until = time.monotonic() + within
    while not holds():
        assert time.monotonic() < until, f"not so within {within} s"
        time.sleep(0.1)


def gone(process: psutil.Process) -> bool:
    """Whether it has ended, also where nobody has asked yet how."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
