"""The door: how long pages and /healthz take while 400 slow clients of each kind are there, and what memory that costs."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from statistics import median

import psutil
import requests
from django.urls import get_resolver

from tests.benchmarks.publish import ending
from tests.benchmarks.table import show
from tests.ops.slow import HALF_A_HEAD, Slow, asks, every_path, half_a_body, slow

MANY = 400
TIMES = 40
BOUND = 2.0  # times what it takes alone
BUNDLE = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"
PAGES = {"/accounts/login/": "a page", "/healthz": "/healthz"}


def run() -> None:
    """Prints the median of each, alone and beside the slow ones; the yardstick is taken anew before each kind."""
    rows = []
    with web() as (url, process):
        for name, begun in kinds(url).items():
            alone, before = timed(url), process.memory_info().rss
            with ExitStack() as held:
                begun(held)
                beside = timed(url)
                grown = (process.memory_info().rss - before) / 2**20
            rows += [row(name, path, alone[path], beside[path], grown) for path in PAGES]
    show(
        f"{MANY} slow clients of each kind, median of {TIMES} calls",
        ("", "alone", "beside them", "ratio", f"bound {BOUND:.0f}", "memory"),
        rows,
    )


def row(name: str, path: str, alone: float, beside: float, grown: float) -> tuple[str, ...]:
    ratio = beside / alone
    verdict = "ok" if ratio <= BOUND else "TOO SLOW"
    return f"{name}: {PAGES[path]}", f"{alone:.1f} ms", f"{beside:.1f} ms", f"{ratio:.2f}", verdict, f"{grown:+.0f} MB"


def kinds(url: str) -> dict[str, Callable[[ExitStack], object]]:
    def many(beginnings: list[bytes], drip: bytes = b"") -> Callable[[ExitStack], Slow]:
        return lambda held: held.enter_context(slow(url, beginnings, MANY, drip=drip))

    bodies = [half_a_body(path) for path in every_path(get_resolver().url_patterns)]
    return {
        "heads": many([HALF_A_HEAD], b"x"),
        "bodies to every address": many(bodies, b"x"),
        "bodies to a webhook": many([half_a_body("/hooks/facebook/")], b"x"),
        "readers": many([asks("GET", BUNDLE)]),
        "a header of 200 MB": lambda held: huge_head(url),
    }


def huge_head(url: str) -> None:
    """Sent as far as it is taken."""
    with slow(url, [HALF_A_HEAD], 1) as one, suppress(OSError):
        one.sockets[0].setblocking(True)
        one.sockets[0].sendall(b"x" * 200_000_000)


def timed(url: str) -> dict[str, float]:
    """Milliseconds for each, in turns so that what else the machine does meets all alike."""
    found: dict[str, list[float]] = {path: [] for path in PAGES}
    with requests.Session() as session:
        for path in [*PAGES] * TIMES:
            began = time.perf_counter()
            session.get(url + path, timeout=30).raise_for_status()
            found[path].append(1000 * (time.perf_counter() - began))
    return {path: median(times) for path, times in found.items()}


@contextmanager
def web() -> Iterator[tuple[str, psutil.Process]]:
    """One web process of its own."""
    url = "http://127.0.0.1:8765"
    env = {**os.environ, "PORT": "8765", "PUBLIC_URL": url, "WEB_CONCURRENCY": "1"}
    process = subprocess.Popen([sys.executable, "-m", "socialops.web"], env=env, stdout=subprocess.DEVNULL)
    with ending(process):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(requests.RequestException):
                requests.get(url + "/accounts/login/", timeout=5).raise_for_status()
                break
            time.sleep(0.2)
        yield url, psutil.Process(process.pid)
