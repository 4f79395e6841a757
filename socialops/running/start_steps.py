"""What has to be done before the processes start, each step in a process of its own: it needs settings of its own."""

import hashlib
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders


class StepFailed(RuntimeError):
    """A step before the start failed; it has said why."""


def run_manage_command(*command: str, env: dict[str, str]) -> str:
    """Runs one management command to its end and returns what it printed. Raises StepFailed."""
    done = subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *command],
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for us; run() ends the child when we are interrupted
        check=False,
    )
    if done.returncode:
        raise StepFailed(f"“{command[0]}” failed with status {done.returncode}; see above.")
    return done.stdout


def collect_static(env: dict[str, str]) -> None:
    """Gathers the static files again where one was added, changed or removed since the last time."""
    stamp = Path(env["STATIC_ROOT"]) / ".collected"
    now = fingerprint_static()
    if stamp.exists() and stamp.read_text() == now:
        return
    run_manage_command("collectstatic", "--no-input", "--clear", "--verbosity", "0", env=env)
    stamp.write_text(now)


def fingerprint_static() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            changed = storage.get_modified_time(path).timestamp()
            digest.update(f"{storage.location}/{path} {changed} {storage.size(path)}\n".encode())
    return digest.hexdigest()
