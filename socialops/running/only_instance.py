"""Being the only one that runs in a checkout: its lock, its port, and nothing left of whoever ran here before."""

import contextlib
import fcntl
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil

SUPERVISED_VARIABLE = "SOCIALOPS_SUPERVISED"  # in the environment of every process that we start: whose it is


class AlreadyRunning(RuntimeError):
    """Somebody else holds what we need; the message is for people."""


@contextlib.contextmanager
def lock_checkout(run_dir: Path) -> Iterator[None]:
    """Holds the checkout's lock. Raises AlreadyRunning. The system frees it however we end."""
    run_dir.mkdir(parents=True, exist_ok=True)
    with (run_dir / "serve.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"SocialOps is already running here ({run_dir}).") from None
        yield


def require_free_port(host: str, port: int) -> None:
    """Raises AlreadyRunning where another program listens on the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise AlreadyRunning(f"PORT: cannot listen on {host}:{port}: {error.strerror}.") from None


def kill_orphans(run_dir: Path) -> None:
    """Kills what a supervisor of this folder left behind when it was killed itself."""
    left = [process for process in psutil.process_iter() if is_our_process(process, run_dir)]
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=5)


def is_our_process(process: psutil.Process, run_dir: Path) -> bool:
    try:
        return bool(process.environ().get(SUPERVISED_VARIABLE) == str(run_dir))
    except psutil.Error:
        return False
