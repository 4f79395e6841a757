"""What `make run` with the demo keeps in memory once it is idle: proportional set size, by process."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import psutil

from tests.benchmarks.table import show
from tests.stack import free_port

READY_WITHIN, IDLE_AFTER = 300, 30  # seconds
BOUND = 600  # MB in all


def run() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-memory") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as somebody else where we are root
        env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        env |= {"PORT": str(free_port()), "SOCIALOPS_RUN_DIR": folder}
        out = (Path(folder) / "out").open("w+")
        served = subprocess.Popen([sys.executable, "manage.py", "serve"], env=env, stdout=out, stderr=out)
        try:
            wait_until_ready(served, Path(folder) / "out")
            time.sleep(IDLE_AFTER)
            show_memory(folder)
        finally:
            served.send_signal(signal.SIGINT)
            served.wait(60)


def wait_until_ready(served: "subprocess.Popen[bytes]", out: Path) -> None:
    until = time.monotonic() + READY_WITHIN
    while "is ready" not in out.read_text():
        assert served.poll() is None, out.read_text()
        assert time.monotonic() < until, out.read_text()
        time.sleep(0.5)


def show_memory(folder: str) -> None:
    kept: dict[str, list[int]] = defaultdict(list)
    for process in psutil.process_iter():
        try:
            if belongs_to(process, folder):
                kept[name_of(process)].append(process.memory_full_info().pss)
        except psutil.Error:
            continue  # it has ended, or is somebody else's
    rows = [(name, len(each), f"{sum(each) / 1e6:.0f}") for name, each in sorted(kept.items())]
    total = sum(sum(each) for each in kept.values()) / 1e6
    verdict = "ok" if total <= BOUND else "TOO MUCH"
    rows.append((f"in all, bound {BOUND}: {verdict}", sum(map(len, kept.values())), f"{total:.0f}"))
    show("Memory of `make run` with the demo, idle (MB)", ("", "processes", "MB"), rows)


def belongs_to(process: psutil.Process, folder: str) -> bool:
    return process.environ().get("SOCIALOPS_RUN_DIR") == folder or any(folder in word for word in process.cmdline())


def name_of(process: psutil.Process) -> str:
    words = " ".join(process.cmdline())
    for name in ("serve", "web", "worker", "beat", "valkey"):
        if name in words:
            return name
    return "postgres" if "postgres" in words else process.name()
