"""What `make run` runs: database and broker where none are named, the demo at first start, and every process."""

import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from socialops.running import embedded
from socialops.running.only_instance import AlreadyRunning, kill_orphans, lock_checkout, require_free_port
from socialops.running.procfile_process import NeedsShell
from socialops.running.servers import Server, ServiceFailed
from socialops.running.start_steps import StepFailed, collect_static, run_manage_command
from socialops.running.supervisor import Supervisor

RUN_DIR = embedded.RUN_DIR
SIGN_INS_FILE = RUN_DIR / "sign-ins.txt"  # what seed_demo said at the first start


class Command(BaseCommand):
    help = "Runs everything: database and broker where none are named, then web, worker and beat. Ctrl-C stops it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=parse_port, default=settings.PORT, help="where to listen")

    def handle(self, *, port: int, **options: Any) -> None:
        signal.signal(signal.SIGTERM, raise_interrupt)
        try:
            with lock_checkout(RUN_DIR):
                kill_orphans(RUN_DIR)
                require_free_port(settings.HOST, port)
                with embedded.run_embedded_servers() as (found, servers):
                    code = self.run_all(process_environment(port, found), servers)
        except (AlreadyRunning, NeedsShell, StepFailed, ServiceFailed) as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            code = 0
        sys.exit(code)

    def run_all(self, env: dict[str, str], servers: list[Server]) -> int:
        self.prepare(env)
        supervisor = Supervisor(settings.BASE_DIR / "Procfile", env, RUN_DIR, servers)
        threading.Thread(target=self.welcome, args=(supervisor, env), daemon=True).start()
        return supervisor.run()

    def prepare(self, env: dict[str, str]) -> None:
        self.stdout.write("Preparing the database …")
        run_manage_command("migrate", "--no-input", "--verbosity", "0", env=env)
        collect_static(env)
        if is_database_empty(env["DATABASE_URL"]):
            self.stdout.write("Filling in the demo …")
            SIGN_INS_FILE.write_text(run_manage_command("seed_demo", env=env))

    def welcome(self, supervisor: Supervisor, env: dict[str, str]) -> None:
        if supervisor.wait_until_ready(f"http://{connectable_host(settings.HOST)}:{env['PORT']}/readyz"):
            sign_ins = SIGN_INS_FILE.read_text() if SIGN_INS_FILE.exists() else ""
            self.stdout.write(f"\nSocialOps is ready: {env['PUBLIC_URL']}\n{sign_ins}\nCtrl-C stops all of it.\n")
            self.stdout.flush()


def process_environment(port: int, found: dict[str, str]) -> dict[str, str]:
    """What every process gets: the services, and the keys that this checkout may have made for itself."""
    moved = port != settings.PORT and not os.environ.get("PUBLIC_URL")
    return {
        **os.environ,
        **found,
        "SECRET_KEY": settings.SECRET_KEY,
        "CREDENTIAL_KEYS": ",".join(settings.CREDENTIAL_KEYS),
        "HOST": settings.HOST,
        "PORT": str(port),
        "STATIC_ROOT": os.environ.get("STATIC_ROOT") or str(RUN_DIR / "static"),
        "PUBLIC_URL": f"http://127.0.0.1:{port}" if moved else settings.PUBLIC_URL,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }


def is_database_empty(database_url: str) -> bool:
    # Straight to the database: our own settings were read before it was started.
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT NOT EXISTS (SELECT 1 FROM organizations_organization)")
        return bool(cursor.fetchone()[0])


def connectable_host(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound


def parse_port(value: str) -> int:
    if not value.isdigit() or not 1 <= int(value) <= 65535:
        raise ValueError
    return int(value)


def raise_interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
