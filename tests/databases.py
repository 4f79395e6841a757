"""Databases of the tests, in whichever PostgreSQL they run: empty ones, and copies of one that has all migrations.

That one is made once for a state of the migrations, as Django takes ten seconds of a processor for it.
"""

import contextlib
import fcntl
import hashlib
import os
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from socialops.backup.postgres_programs import program_path
from socialops.running.start_steps import run_manage_command

BASE_DIR = Path(__file__).resolve().parent.parent
KEPT = BASE_DIR / ".run" / "migrated"
# A copy would pass for an older state that came back, and nothing would leave (networks/outbox/pulse.py).
OURS = "UPDATE networks_pulse SET beaten_at = now(), written_in = txid_current() % (1::bigint << 32)"
MADE_OF = ("[!.]*/**/migrations/*.py", "socialops/settings.py", "requirements-dev.lock")


def named_database(name: str) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def create(name: str, template: str = "template0") -> None:
    drop(name)
    administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def create_migrated(name: str) -> None:
    """A copy with all migrations, as if it had been made just now."""
    create(name, template=migrated())
    administer(OURS, name)


def drop(name: str) -> None:
    administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def administer(statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
    connection = psycopg2.connect(named_database(database))
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@cache
def migrated() -> str:
    """The name of a database with all migrations, to be copied and left alone."""
    name = f"migrated_{fingerprint()}"
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # runs side by side: the first makes it
        if not administer(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            half = f"{name}_half"
            create(half)
            fill(half, KEPT / f"{name}.sql")
            administer(f'ALTER DATABASE "{half}" RENAME TO "{name}"')
    return name


def fill(name: str, dump: Path) -> None:
    url = named_database(name)
    if dump.exists():
        quiet = ["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--output", os.devnull]
        subprocess.run([program_path("psql"), *quiet, "--file", dump, url], check=True)
        return
    run_manage_command("migrate", "--no-input", "--verbosity", "0", env={**os.environ, "DATABASE_URL": url})
    half = dump.with_suffix(".half")
    subprocess.run([program_path("pg_dump"), "--no-owner", "--file", half, url], check=True)
    half.rename(dump)


def fingerprint() -> str:
    """Of what the migrated database is made of."""
    digest = hashlib.sha256()
    for pattern in MADE_OF:
        for path in sorted(BASE_DIR.glob(pattern)):
            digest.update(str(path.relative_to(BASE_DIR)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]
