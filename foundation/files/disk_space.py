"""Whether there is room left: on a disk, and in what an error says."""

import contextlib
import errno
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from foundation.errors import AppError

FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
PG_DISK_FULL = "53100"  # as PostgreSQL says it
PROBE_BYTES = 65_536  # bytes


class StorageFull(AppError):
    """Nothing more can be kept. Whoever was writing has taken away what they had begun."""

    status = 507


@contextlib.contextmanager
def catch_full_disk() -> Iterator[None]:
    """Turns a full disk into a sentence for people. Raises NoRoom."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL_ERRNOS:
            raise
        raise storage_full_error() from error


def storage_full_error() -> StorageFull:
    return StorageFull(
        _("There is no room left for files on this server, so this one was not kept. Your text is kept.")
    )


def is_storage_full(error: BaseException | None) -> bool:
    """Whether a full disk is the reason, of ours or of PostgreSQL."""
    while error is not None:
        if isinstance(error, StorageFull) or getattr(error, "pgcode", None) == PG_DISK_FULL:
            return True
        if isinstance(error, OSError) and error.errno in FULL_ERRNOS:
            return True
        error = error.__cause__
    return False


def is_folder_writable(folder: Path) -> bool:
    """By trying it: quotas, read-only mounts and missing rights count as well. Nothing stays."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            return file.write(b"\1" * PROBE_BYTES) == PROBE_BYTES
    except OSError:
        return False
