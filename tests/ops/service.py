"""An embedded server that a test can switch off and on again."""

import contextlib
from pathlib import Path

from socialops.running.servers import Postgres, Valkey, run_server


class Service:
    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.folder = folder
        self.held = contextlib.ExitStack()

    def on(self) -> str:
        if self.kind == "redis":
            return self.held.enter_context(run_server(Valkey(self.folder)))
        return self.held.enter_context(run_server(Postgres(self.folder, "socialops", durable=False)))

    def off(self) -> None:
        self.held.close()
