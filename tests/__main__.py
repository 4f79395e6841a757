"""`make test`: the whole suite, as four runs side by side, which share what needs no processes (tests/sharing.py).

Two compute; two mostly wait for real processes at first, and go first: what is due in a second must not wait for a
table of rights.

Arguments (options of pytest) go to all. What they print is shown when all have ended; the status is the worst of the four.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from typing import IO

from socialops.running.embedded import RUN_DIR

PYTEST = [sys.executable, "-m", "pytest"]
RUNS = {  # each with PostgreSQL and Valkey of its own, where the environment names none
    "stack": ["--own", "stack", "--redis", "1-7"],
    "browser": ["--own", "browser", "--redis", "8-15"],
    "one": [],
    "two": [],
}
COMPUTE = {"one", "two"}
NOTHING_COLLECTED = 5  # pytest's status where the arguments leave a run without a test


def main(arguments: list[str]) -> int:
    with contextlib.ExitStack() as stack:
        outputs = [stack.enter_context(tempfile.TemporaryFile("w+")) for _ in RUNS]
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        shared = ["-p", "tests.sharing", f"--taken={folder}"]  # in one word, or pytest takes the folder for its root
        started = [start(name, [*shared, *arguments], output) for name, output in zip(RUNS, outputs, strict=True)]
        try:
            statuses = [run.wait() for run in started]
        finally:
            for run in started:
                run.terminate()  # where we were interrupted
                run.wait()
        for output in outputs:
            output.seek(0)
            sys.stdout.write(output.read())
    ran = [status for status in statuses if status != NOTHING_COLLECTED]
    return max(ran, default=NOTHING_COLLECTED)


def start(name: str, arguments: list[str], output: IO[str]) -> "subprocess.Popen[bytes]":
    apart = {**os.environ, "SOCIALOPS_RUN_DIR": str(RUN_DIR / name), "TEST_DATABASE": f"test_socialops_{name}"}
    apart.pop("PYTHONDONTWRITEBYTECODE", None)  # the processes of the tests would each compile everything anew
    last = name in COMPUTE
    command = [*(["nice", "-n", "5"] if last else []), *PYTEST, *arguments, *RUNS[name], "--timeout", "400"]
    return subprocess.Popen(command, stdout=output, stderr=output, env=apart)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
