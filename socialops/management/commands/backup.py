"""Saves the database and the media in one archive, while everything runs. Keys are named in it, and not inside."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from socialops.backup.database import reachable
from socialops.backup.saving import save
from socialops.management.command import JSONCommand


class Command(JSONCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the archive to make, or a folder for one named by its time")

    def work(self, *, path: Path, **options: Any) -> dict[str, Any]:
        with reachable(alone=False):
            return save(path)
