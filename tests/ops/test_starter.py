"""A process of the starter's (tests/starter.py) is like one of the operating system's."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests import starter

pytestmark = [pytest.mark.stack, pytest.mark.timeout(60)]
SAYS = """
import os, sys
print(sys.argv[1:], sys.stdin.read(), os.getcwd(), dict(os.environ), os.getsid(0) == os.getpid(), __name__)
print(len(os.listdir("/proc/self/fd" if os.path.exists("/proc/self/fd") else "/dev/fd")), file=sys.stderr)
sys.exit(3)
"""
WAITS = "import time\ntime.sleep(60)"


def script(folder: Path, text: str) -> list[str]:
    path = folder / "script.py"
    path.write_text(text)
    return [sys.executable, str(path)]


def test_it_gets_what_it_was_given_and_nothing_else(tmp_path: Path) -> None:
    command = [*script(tmp_path, SAYS), "one", "two"]
    done = starter.run_process(command, cwd=tmp_path, env={"A": "B"}, input="words", timeout=20)
    assert done.returncode == 3
    assert done.stdout.strip() == f"['one', 'two'] words {tmp_path} {{'A': 'B'}} True __main__"
    assert int(done.stderr) == 4  # its three streams, and the one that lists them


def test_a_traceback_ends_it_with_one(tmp_path: Path) -> None:
    done = starter.run_process(script(tmp_path, "raise KeyError('lost')"), cwd=tmp_path, env={}, timeout=20)
    assert done.returncode == 1
    assert "KeyError: 'lost'" in done.stderr


def test_it_is_told_to_end_and_says_how_it_did(tmp_path: Path) -> None:
    with tempfile.TemporaryFile() as out:
        started = starter.start_process(script(tmp_path, WAITS), cwd=tmp_path, env={}, stdout=out)
        assert os.getpgid(started.pid) == started.pid
        assert started.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            started.wait(0.1)
        started.terminate()
        assert (started.wait(20), started.poll()) == (-signal.SIGTERM, -signal.SIGTERM)
        started.terminate()  # whoever has its number by now is left alone


def test_what_takes_too_long_is_killed(tmp_path: Path) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        starter.run_process(script(tmp_path, WAITS), cwd=tmp_path, env={}, timeout=0.5)
