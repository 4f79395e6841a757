"""Puts an archive into the place of what is here: all of it, or nothing. Then whatever may have left since it was made
is marked, so that it is looked for before it leaves."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.utils.timezone import now

from networks.actions.restoring import record_restoration
from networks.models import Outgoing, Restoration
from socialops.backup import database, key_prints, postgres_programs
from socialops.backup.archive import DUMP, Archive, BackupManifest, open_archive
from socialops.backup.backup_refusal import BackupRefused, refuse_file_errors
from socialops.backup.media_placing import place_media
from socialops.backup.stopped_check import require_stopped


def restore_archive(path: Path, *, replace: bool) -> dict[str, Any]:
    """Raises Refused; then everything is as it was. `replace`: also where something is here."""
    with (
        refuse_file_errors(path),
        open_archive(path) as archive,
        tempfile.TemporaryDirectory(prefix="socialops-") as folder,
    ):
        work = Path(folder)
        require_known_archive(archive.manifest)
        with database.reach_database(alone=True):
            require_restorable(archive.manifest, replace=replace)
            archive.extract(DUMP, work / "dump")
            postgres_programs.list_dump_contents(work / "dump")
            with place_media(archive) as files, undo_on_failure(archive.manifest, work):
                postgres_programs.load_dump(work / "dump", tables=database.list_our_tables(), work=work)
                connection.close()
                migrate_restored()
            return note_restored(archive, path.name, files)


def require_known_archive(manifest: BackupManifest) -> None:
    unknown = sorted(set(manifest.migrations) - database.list_known_migrations())
    if unknown:
        raise BackupRefused(
            "The backup was made by a newer version of SocialOps, which this one does not know "
            f"({unknown[0]}). Update this installation first. Nothing was changed."
        )
    missing = key_prints.list_missing_keys(manifest.keys["credential"])
    if missing:
        raise BackupRefused(
            f"Tokens in the backup were sealed with the key {', '.join(missing)}, which this installation does not "
            f"have (it has {', '.join(key_prints.list_key_prints()['credential'])}). Put that key into "
            "CREDENTIAL_KEYS, behind those that stand there, and restore again. Nothing was changed."
        )


def require_restorable(manifest: BackupManifest, *, replace: bool) -> None:
    postgres_programs.require_known_server()
    require_stopped()
    schema = database.find_current_schema()
    if schema != manifest.schema:
        raise BackupRefused(
            f"The backup is of the schema “{manifest.schema}”, and here is “{schema}”. Nothing was changed."
        )
    found = database.count_rows()
    if found.get("organizations") and not replace:
        summary = ", ".join(f"{count} {word}" for word, count in found.items())
        raise BackupRefused(
            f"Something is here already: {summary}. To replace all of it add --yes. Nothing was changed."
        )


@contextmanager
def undo_on_failure(manifest: BackupManifest, work: Path) -> Iterator[None]:
    """Where the schema has to be brought up to date afterwards, what was here is kept until that has worked."""
    if set(manifest.migrations) >= list_disk_migrations():
        yield
        return
    schema, before = database.find_current_schema(), work / "before"
    postgres_programs.dump_schema(before, schema=schema, extensions=database.list_extensions(schema))
    try:
        yield
    except Exception as error:
        connection.close()
        postgres_programs.load_dump(before, tables=database.list_our_tables(), work=work)
        connection.close()
        raise BackupRefused(f"{error} What was here before was put back.") from error


def list_disk_migrations() -> set[str]:
    from django.db.migrations.loader import MigrationLoader

    return {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}


def migrate_restored() -> None:
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except (DatabaseError, CommandError) as error:
        reason = " ".join(str(error).split())
        raise BackupRefused(f"The backup could not be brought up to this version: {reason}.") from error


def note_restored(archive: Archive, name: str, files: int) -> dict[str, Any]:
    manifest = archive.manifest
    at = now()
    restoration = record_restoration(Restoration.How.RESTORE, dumped_at=manifest.saved_at, now=at, archive=name)
    # unscoped: of every organization
    looked_for = Outgoing.unscoped.filter(restoration=restoration).count()
    later = Outgoing.unscoped.filter(state="waiting", planned_at__gt=at).count()
    return {
        "made_at": manifest.made_at,
        **database.count_rows(),
        "files": len(archive.media()),
        "new_files": files,
        "looked_for_first": looked_for,
        "planned_for_later": later,
    }
