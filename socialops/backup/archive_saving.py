"""Makes one archive while everything runs. It stands under its name only once it is whole.

Media first, then the database in one snapshot, then what came to the media meanwhile: files are never changed under
their names, so whatever a row of the snapshot names was there in one of the two rounds.
"""

import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.timezone import now

from socialops.backup import archive, database, key_prints, postgres_programs
from socialops.backup.backup_refusal import BackupRefused, refuse_file_errors
from socialops.management.version import product_version

SeenFiles = dict[str, tuple[int, int]]  # name: size, time of the last change


def save_backup(path: Path) -> dict[str, Any]:
    """Raises Refused; then there is no archive, and nothing of it is left."""
    target = choose_target(path)
    postgres_programs.require_known_server()
    with refuse_file_errors(target), open_partial_file(target) as file:
        manifest = fill_archive(file)
        move_into_place(file, target)
    return {
        "path": str(target),
        "bytes": target.stat().st_size,
        "made_at": manifest.made_at,
        "files": len(manifest.files) - 1,
        **manifest.counts,
        "credential_keys": manifest.keys["credential"],
    }


def choose_target(path: Path) -> Path:
    """In a folder it gets a name of its own. What is there is never overwritten."""
    if path.is_dir():
        path = path / f"socialops-{now():%Y%m%d-%H%M%S}.tar"
    if path.exists():
        raise BackupRefused(f"{path} is there already, and no backup takes the place of another. Give another name.")
    if not path.absolute().parent.is_dir():
        raise BackupRefused(f"{path.absolute().parent} is no folder.")
    return path.absolute()


@contextmanager
def open_partial_file(target: Path) -> Iterator[Path]:
    file = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with file.open("xb"):
            file.chmod(0o600)
        yield file
    finally:
        file.unlink(missing_ok=True)


def move_into_place(file: Path, target: Path) -> None:
    """Written through to the disk, its name too."""
    for one in (file, target.parent):
        number = os.open(one, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
        if one == file:
            file.rename(target)


def fill_archive(file: Path) -> archive.BackupManifest:
    dumped = file.with_suffix(".dump")
    with tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as tar:
        writer, seen = archive.ArchiveWriter(tar), SeenFiles()
        vanished = add_media_files(writer, seen)
        try:
            facts = dump_database(dumped)
            with dumped.open("rb") as source:
                writer.add(archive.DUMP, source, dumped.stat().st_size)
        finally:
            dumped.unlink(missing_ok=True)
        vanished += add_media_files(writer, seen)
        manifest = archive.BackupManifest(
            **facts, keys=key_prints.list_key_prints(), files=writer.files, vanished=vanished
        )
        writer.close(manifest)
    return manifest


def add_media_files(writer: archive.ArchiveWriter, seen: SeenFiles) -> int:
    """What was not seen, or was still being written. Returns how many were removed under our hands."""
    root, vanished = Path(settings.MEDIA_ROOT), 0
    for path in files_below(root):
        name = path.relative_to(root).as_posix()
        try:
            with path.open("rb") as source:
                found = os.fstat(source.fileno())
                if seen.get(name) != (found.st_size, found.st_mtime_ns):
                    writer.add(f"{archive.MEDIA}{name}", source, found.st_size)
                    seen[name] = (found.st_size, found.st_mtime_ns)
        except FileNotFoundError:
            vanished += 1
    return vanished


def files_below(root: Path) -> Iterator[Path]:
    """Plain ones; what begins with a dot is ours for the moment, and nobody's picture."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(names):
            path = Path(folder) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


def dump_database(to: Path) -> dict[str, Any]:
    """The database as it is at one moment, and what the manifest says of that."""
    made_at: datetime = now()  # before the snapshot: what happens from here on counts as not saved
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        schema = database.find_current_schema()
        facts = {
            "version": product_version(),
            "made_at": made_at.isoformat(),
            "schema": schema,
            "server": postgres_programs.server_version(),
            "migrations": database.list_applied_migrations(),
            "counts": database.count_rows(),
        }
        postgres_programs.dump_schema(to, schema=schema, extensions=database.list_extensions(schema), snapshot=snapshot)
    return facts
