"""Databases as they were: read in again, and compared with one that was made today."""

import contextlib
import gzip
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from tests import starter
from tests.databases import BASE_DIR, create, drop, named_database
from tests.upgrade.schema import schema

FOLDER = Path(__file__).parent
RELEASES = FOLDER / "releases"  # of each release: schema and a small demo; what people have
BEFORE = FOLDER / "before"  # of versions whose migrations were changed after they had run somewhere
KEYS = {"SECRET_KEY": "of the dumps", "CREDENTIAL_KEYS": "dGhlIGR1bXBzIGhhdmUgYSBrZXkgb2YgdGhlaXIgb3c="}


@dataclass(frozen=True)
class Database:
    name: str

    @property
    def url(self) -> str:
        return named_database(self.name)

    @property
    def env(self) -> dict[str, str]:
        return {**os.environ, **KEYS, "DATABASE_URL": self.url}

    def sql(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(self.url)
        with contextlib.closing(connection), connection, connection.cursor() as cursor:
            cursor.execute(query, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def migrate(self) -> None:
        command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
        done = starter.run_process(command, cwd=BASE_DIR, env=self.env, timeout=200)
        assert done.returncode == 0, done.stdout + done.stderr

    def schema(self) -> set[str]:
        return schema(self.sql)

    def read(self, dump: Path) -> None:
        self.sql(gzip.decompress(dump.read_bytes()).decode())


@contextlib.contextmanager
def database(name: str, template: str = "template0") -> Iterator[Database]:
    made = f"upgrade_{os.getpid()}_{name}"
    create(made, template)
    try:
        yield Database(made)
    finally:
        drop(made)


def dumps(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.sql.gz"))
