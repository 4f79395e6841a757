"""A restore that does not come to its end leaves the former state, however it ends."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import PASSWORD
from tests.stack import BASE_DIR, Stack, running

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
SCRIPT = """
import os, sys, django
django.setup()
from pathlib import Path
from socialops.backup import archive_restoring, postgres_programs
from socialops.backup.backup_refusal import BackupRefused
copied, closed = postgres_programs.copy_script, postgres_programs.close_script
def dies(script): os.kill(os.getpid(), 9)
def fails(script, session): copied(script, session); session.write(b"SELECT 1 / 0;"); session.flush()
def breaks_off(script): closed(script); raise BackupRefused("The dump broke off.")
def no_migration(): raise BackupRefused("It could not be brought up to this version.")
{slip}
try:
    archive_restoring.restore_archive(Path(sys.argv[1]), replace=True)
except BackupRefused as error:
    sys.exit(error.user_message)
"""
SLIPS = {
    "killed before the last word": ("postgres_programs.close_script = dies", -9, ""),
    "an error of the database": ("postgres_programs.copy_script = fails", 1, "division by zero"),
    "a dump that breaks off": ("postgres_programs.close_script = breaks_off", 1, "broke off"),
    "a schema that cannot be brought up to date": (
        "archive_restoring.list_disk_migrations = lambda: {'x'}; archive_restoring.migrate_restored = no_migration",
        1,
        "What was here before was put back",
    ),
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(only=(), MEDIA_STORAGE_URL=tmp_path_factory.mktemp("media").as_uri()) as made:
        yield made


@pytest.fixture(scope="module")
def saved(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found(stack, "then")
    archive = tmp_path_factory.mktemp("kept") / "backup.tar"
    stack.run_command("backup", str(archive))
    found(stack, "since")
    return archive


def found(stack: Stack, slug: str) -> None:
    owner = ("--owner-email", f"o@{slug}.example")
    stack.run_command("create_organization", slug, "--slug", slug, *owner, OWNER_PASSWORD=PASSWORD)


@pytest.mark.parametrize("slip", SLIPS)
def test_the_former_state_is_kept(stack: Stack, saved: Path, slip: str) -> None:
    line, status, said = SLIPS[slip]
    code = SCRIPT.replace("{slip}", line)
    env = {**stack.env, "DJANGO_SETTINGS_MODULE": "socialops.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(saved)], cwd=BASE_DIR, env=env, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, said in done.stderr) == (status, True), done.stderr
    assert stack.sql("SELECT slug FROM organizations_organization ORDER BY slug") == [("since",), ("then",)]
    assert stack.sql("SELECT count(*) FROM networks_restoration") == [(0,)]


def test_and_then_it_works(stack: Stack, saved: Path) -> None:
    stack.sql("CREATE TABLE others (id int)")
    assert stack.run_command("restore", str(saved), check=False).returncode == 1
    stack.run_command("restore", str(saved), "--yes")
    assert stack.sql("SELECT slug FROM organizations_organization") == [("then",)]
    assert stack.sql("SELECT how FROM networks_restoration") == [("restore",)]
    assert stack.sql("SELECT count(*) FROM others") == [(0,)]  # it is not ours
    own = "SELECT written_in = xmin::text::bigint FROM networks_pulse"
    assert stack.sql(own) == [(True,)]
    assert stack.run_command("makemigrations", "--check", "--dry-run").returncode == 0
