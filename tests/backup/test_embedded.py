"""On the embedded server, which nobody has started: the commands do."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from socialops.backup.archive import open_archive
from socialops.backup.backup_refusal import BackupRefused
from socialops.running.servers import Postgres, run_server
from tests import stack, starter
from tests.builders import PASSWORD
from tests.ops.test_serve import GIVEN
from tests.stack import BASE_DIR

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="kept"))  # short: a socket's path may not be long
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def command(folder: Path, *args: str, **env: str) -> "subprocess.CompletedProcess[str]":
    clean = {name: value for name, value in os.environ.items() if name not in GIVEN}
    settled = {**clean, "SOCIALOPS_RUN_DIR": str(folder), "MEDIA_STORAGE_URL": (folder / "media").as_uri(), **env}
    return starter.run_process([sys.executable, "manage.py", *args], cwd=BASE_DIR, env=settled, timeout=300)


def rows(folder: Path, query: str) -> list[tuple]:
    with run_server(Postgres(folder, "socialops")) as url:
        connection = psycopg2.connect(url)
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            found = cursor.fetchall()
        connection.close()
    return found


def test_from_an_outside_server_to_our_own(folder: Path) -> None:
    archive, again, here = folder / "backup.tar", folder / "again.tar", folder / "here"
    with stack.running(only=(), MEDIA_STORAGE_URL=(folder / "media").as_uri()) as outside:
        owner = ("create_organization", "Acme", "--slug", "acme", "--owner-email", "o@acme.example")
        outside.run_command(*owner, OWNER_PASSWORD=PASSWORD)
        saved = json.loads(outside.run_command("backup", str(archive)).stdout)
        keys = {name: outside.env[name] for name in ("SECRET_KEY", "CREDENTIAL_KEYS")}

    refused = command(here, "restore", str(archive))
    assert refused.returncode == 1
    assert f"sealed with the key {saved['credential_keys'][0]}" in refused.stderr
    (here / "keys.json").write_text(json.dumps(keys))
    done = command(here, "restore", str(archive))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["organizations"] == 1
    assert not list(here.glob("postgres/postmaster.pid"))  # as nobody had started it, so nobody finds it running
    assert rows(here, "SELECT how FROM networks_restoration") == [("restore",)]

    damaged = bytearray(archive.read_bytes())
    damaged[damaged.index(b"PGDMP") + 400] ^= 0xFF
    archive.write_bytes(damaged)
    with pytest.raises(BackupRefused, match="is not what was saved"), open_archive(archive):
        pass
    saved = command(here, "backup", str(again))
    assert json.loads(saved.stdout)["organizations"] == 1, saved.stderr
