"""Puts an archive of `backup` in the place of what is here, while web, worker and beat are stopped. Nothing that may
have left since it was made leaves before it was looked for on its network."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from socialops.backup.archive_restoring import restore_archive
from socialops.management.command import JSONCommand


class Command(JSONCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="an archive that `backup` made")
        parser.add_argument("--yes", action="store_true", help="replace all that is here")

    def work(self, *, path: Path, yes: bool, **options: Any) -> dict[str, Any]:
        done = restore_archive(path, replace=yes)
        self.stderr.write(
            "Restored. Start the processes now: everybody has to sign in again, and what may have left since the "
            "backup is looked for first (/o/<organization>/restored/)."
        )
        return done
