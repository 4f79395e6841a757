"""Runs the Procfile's processes as one: when any of them ends, or we are told to, all of them end.

Like `honcho start`, except that only the leader of each process is told to stop. Celery's children would otherwise be
killed in the middle of a call to a network, and its leader could not let them finish.
"""

import contextlib
import fcntl
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from itertools import cycle
from pathlib import Path

import psutil
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer

END_WITHIN = 8.0  # seconds; a call to a network that takes longer is looked for after the next start
READY_WITHIN = 120.0
MARK = "SOCIALOPS_SUPERVISED"  # in the environment of every process that we start: whose it is
COLOURS = cycle(["36", "33", "32", "35", "34"])


class AlreadyRunning(RuntimeError):
    """Somebody else holds what we need; the message is for people."""


class Supervisor:
    def __init__(self, procfile: Path, env: dict[str, str], run_dir: Path) -> None:
        self.commands: dict[str, str] = parse_procfile(procfile.read_text()).processes
        self.cwd = procfile.parent
        self.env = {**env, MARK: str(run_dir), "PYTHONUNBUFFERED": "1"}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.printer = Printer(sys.stdout, width=max(map(len, [*self.commands, "system"])))
        self.events: queue.Queue[str] = queue.Queue()  # why to stop: a signal, or the name of a process that ended

    def run(self) -> int:
        """Blocks until everything has ended: 0 when somebody asked for it, 1 when a process ended by itself."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.events.put(""))
        try:
            for name, command in self.commands.items():
                self.start(name, command)
            ended = self.events.get()
        finally:
            self.stop()
        if ended:
            self.say("system", f"{ended} ended with status {self.running[ended].returncode}, so everything stops")
        return 1 if ended else 0

    def start(self, name: str, command: str) -> None:
        # A session of its own keeps Ctrl-C away from it, and names all its children when they must be killed.
        process = subprocess.Popen(  # noqa: S602 - our own Procfile, which is written for a shell
            f"exec {command}",
            shell=True,
            cwd=self.cwd,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.running[name] = process
        threading.Thread(target=self.follow, args=(name, process, next(COLOURS)), daemon=True).start()

    def follow(self, name: str, process: "subprocess.Popen[bytes]", colour: str) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.say(name, line.decode(errors="replace"), colour)
        process.wait()
        self.events.put(name)

    def say(self, name: str, line: str, colour: str = "") -> None:
        self.printer.write(Message("line", line.rstrip("\n") + "\n", datetime.now(), name, colour or None))

    def stop(self) -> None:
        """Asks each leader to end, then kills what is left of their sessions."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + END_WITHIN
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, until - time.monotonic()))
        for process in self.running.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def wait_until_ready(self, url: str) -> bool:
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until:
            with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own
                return bool(answer.status == 200)
            time.sleep(0.3)
        return False


@contextlib.contextmanager
def only_one(run_dir: Path) -> Iterator[None]:
    """Holds the checkout's lock. Raises AlreadyRunning. The system frees it however we end."""
    run_dir.mkdir(parents=True, exist_ok=True)
    with (run_dir / "serve.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"SocialOps is already running here ({run_dir}).") from None
        yield


def require_free(host: str, port: int) -> None:
    """Raises AlreadyRunning where another program listens on the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise AlreadyRunning(f"PORT: cannot listen on {host}:{port}: {error.strerror}.") from None


def end_orphans(run_dir: Path) -> None:
    """Kills what a supervisor of this folder left behind when it was killed itself."""
    left = [process for process in psutil.process_iter() if is_ours(process, run_dir)]
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=5)


def is_ours(process: psutil.Process, run_dir: Path) -> bool:
    try:
        return process.environ().get(MARK) == str(run_dir)
    except psutil.Error:
        return False
