"""PostgreSQL and Valkey from installed wheels, for machines without either: `make run` and the tests.

Both listen on Unix sockets below the run folder of this checkout only, so that two checkouts never meet. Their
addresses stand in `services.json` there, for every other command of the same checkout. Nothing here imports Django.
"""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from cryptography.fernet import Fernet

from socialops.running.servers import Postgres, Server, Valkey, run_server

BASE_DIR = Path(__file__).resolve().parents[2]
RUN_DIR = Path(os.environ.get("SOCIALOPS_RUN_DIR") or BASE_DIR / ".run").resolve()


def load_addresses(run_dir: Path = RUN_DIR) -> dict[str, str]:
    """What `services.json` says, {} where nothing was started: {"DATABASE_URL", "REDIS_URL"}."""
    try:
        return dict(json.loads((run_dir / "services.json").read_text()))
    except (OSError, ValueError):
        return {}


def store_addresses(found: dict[str, str], run_dir: Path = RUN_DIR) -> None:
    (run_dir / "services.json").write_text(json.dumps(found))


@contextlib.contextmanager
def run_embedded_servers(
    *, database: str = "socialops", run_dir: Path = RUN_DIR, durable: bool = True
) -> Iterator[tuple[dict[str, str], list[Server]]]:
    """Starts what the environment does not name, yields {"DATABASE_URL", "REDIS_URL"} and the servers, ends these."""
    found = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    run_dir.mkdir(parents=True, exist_ok=True)
    embeddable: dict[str, Server] = {
        "DATABASE_URL": Postgres(run_dir, database, durable=durable),
        "REDIS_URL": Valkey(run_dir),
    }
    started = {name: server for name, server in embeddable.items() if name not in found}
    with contextlib.ExitStack() as stack:
        found |= {name: stack.enter_context(run_server(server)) for name, server in started.items()}
        store_addresses(found, run_dir)
        try:
            yield found, [*started.values()]
        finally:
            (run_dir / "services.json").unlink(missing_ok=True)


def load_checkout_keys(run_dir: Path = RUN_DIR) -> dict[str, str]:
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
