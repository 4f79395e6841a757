"""Why nothing was done, in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from foundation.errors import AppError
from foundation.files.disk_space import is_storage_full


class BackupRefused(AppError):
    """The archive, the database or the disk does not allow it; everything is as it was."""


@contextmanager
def refuse_file_errors(path: Path) -> Iterator[None]:
    """What goes wrong with files, as a sentence."""
    try:
        yield
    except OSError as error:
        where = error.filename or path
        if is_storage_full(error):
            raise BackupRefused(f"The disk is full: {where} cannot be written. Nothing was changed.") from None
        raise BackupRefused(f"{where}: {error.strerror or error}. Nothing was changed.") from None
