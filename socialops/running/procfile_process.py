"""One line of the Procfile as a process, in a session of its own, whose output goes line by line to `say`.

No shell reads the line: what would mean something to one is an argument like any other, or is refused.
"""

import contextlib
import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

DRAINED_WITHIN = 1.0  # seconds; its last words matter most, and stand in the pipe already


class NeedsShell(ValueError):
    """The line asks for a shell; the message is for people."""


def split_command(line: str) -> list[str]:
    """The program and its arguments. Raises NotPlain for a line that only a shell would understand."""
    try:
        words = shlex.split(line)
        asks = any(map(is_for_shell, shlex.shlex(line, posix=False, punctuation_chars=True)))
    except ValueError as error:
        raise NeedsShell(f"Procfile: “{line}”: {str(error).lower()}") from None
    if asks or not words or "=" in words[0]:
        raise NeedsShell(f"Procfile: “{line}” needs a shell, and none runs it. Name a program and its arguments.")
    return words


def is_for_shell(word: str) -> bool:
    """Of a line that still has its quotes."""
    return set(word) <= set("();<>|&") or (not word.startswith("'") and bool(set(word) & set("$`")))


class ProcfileProcess:
    def __init__(
        self, name: str, command: str, *, cwd: Path, env: dict[str, str], write: Callable[[str], None]
    ) -> None:
        self.name = name
        self.command = split_command(command)
        self.cwd = cwd
        self.env = env
        self.write = write
        self.leader: subprocess.Popen[bytes] | None = None  # None before it begins and once all of it is gone
        self.reader: threading.Thread | None = None

    def start(self) -> None:
        # A session of its own keeps Ctrl-C away from it, and names all its children when they must be killed.
        self.leader = subprocess.Popen(  # noqa: S603 - our own Procfile
            self.command,
            cwd=self.cwd,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self.read, args=(self.leader,), daemon=True)
        self.reader.start()

    def read(self, leader: "subprocess.Popen[bytes]") -> None:
        assert leader.stdout is not None
        with leader.stdout as lines:
            for line in lines:
                self.write(line.decode(errors="replace"))

    def ended(self) -> str:
        """How it ended; empty while its leader runs, which alone matters: its children may well outlive it."""
        status = self.leader.poll() if self.leader else None
        return "" if status is None else f"ended with status {status}"

    def ask_to_end(self) -> None:
        """Only the leader is told: it lets its children finish."""
        if self.leader and self.leader.poll() is None:
            self.leader.terminate()

    def end(self, within: float = 0.0) -> None:
        """Kills what is left of its session after so many seconds. At once where the leader has ended."""
        if not self.leader:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.leader.wait(within)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.leader.pid, signal.SIGKILL)
        self.leader.wait()
        self.leader = None  # its number may be another's from now on
        if self.reader:
            self.reader.join(DRAINED_WITHIN)
