"""`make test`: the whole suite, as two runs side by side. One computes, the other mostly waits for real processes.

Arguments go to both. The output of the second is shown when the first has ended; the status is the worse of the two.
"""

import os
import subprocess
import sys
import tempfile

from socialops.embedded import RUN_DIR

PYTEST = [sys.executable, "-m", "pytest"]
NOTHING_COLLECTED = 5  # pytest's status where the arguments leave a run without a test


def main(arguments: list[str]) -> int:
    beside = {**os.environ, "SOCIALOPS_RUN_DIR": str(RUN_DIR / "stack")}
    with tempfile.TemporaryFile("w+") as output:
        with_processes = subprocess.Popen(
            [*PYTEST, "-m", "stack", *arguments], stdout=output, stderr=output, env=beside
        )
        try:
            statuses = [subprocess.call([*PYTEST, "-m", "not stack", *arguments])]
            statuses.append(with_processes.wait())
        finally:
            with_processes.terminate()  # where the first was interrupted
            with_processes.wait()
        output.seek(0)
        sys.stdout.write(output.read())
    ran = [status for status in statuses if status != NOTHING_COLLECTED]
    return max(ran, default=NOTHING_COLLECTED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
