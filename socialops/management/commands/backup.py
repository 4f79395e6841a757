"""Saves the database and the media in one archive, while everything runs. Keys are named in it, and not inside."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from socialops.backup.archive_saving import save_backup
from socialops.backup.database import reach_database
from socialops.management.command import JSONCommand


class Command(JSONCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the archive to make, or a folder for one named by its time")

    def work(self, *, path: Path, **options: Any) -> dict[str, Any]:
        with reach_database(alone=False):
            return save_backup(path)
