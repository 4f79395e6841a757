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

from networks.actions.restoring import note_restoration
from networks.models import Outgoing, Restoration
from socialops.backup import database, keys, programs
from socialops.backup.archive import DUMP, Archive, Manifest, opened
from socialops.backup.placing import placed
from socialops.backup.refusal import Refused, said_in_words
from socialops.backup.running import require_stopped


def restore(path: Path, *, replace: bool) -> dict[str, Any]:
    """Raises Refused; then everything is as it was. `replace`: also where something is here."""
    with said_in_words(path), opened(path) as archive, tempfile.TemporaryDirectory(prefix="socialops-") as folder:
        work = Path(folder)
        require_ours(archive.manifest)
        with database.reachable(alone=True):
            require_place(archive.manifest, replace=replace)
            archive.extract(DUMP, work / "dump")
            programs.contents(work / "dump")
            with placed(archive) as files, undone(archive.manifest, work):
                programs.load(work / "dump", tables=database.our_tables(), work=work)
                connection.close()
                bring_up_to_date()
            return settle(archive, path.name, files)


def require_ours(manifest: Manifest) -> None:
    unknown = sorted(set(manifest.migrations) - database.known())
    if unknown:
        raise Refused(
            "The backup was made by a newer version of SocialOps, which this one does not know "
            f"({unknown[0]}). Update this installation first. Nothing was changed."
        )
    missing = keys.missing(manifest.keys["credential"])
    if missing:
        raise Refused(
            f"Tokens in the backup were sealed with the key {', '.join(missing)}, which this installation does not "
            f"have (it has {', '.join(keys.named()['credential'])}). Put that key into CREDENTIAL_KEYS, behind those "
            "that stand there, and restore again. Nothing was changed."
        )


def require_place(manifest: Manifest, *, replace: bool) -> None:
    programs.require_known_server()
    require_stopped()
    schema = database.our_schema()
    if schema != manifest.schema:
        raise Refused(f"The backup is of the schema “{manifest.schema}”, and here is “{schema}”. Nothing was changed.")
    found = database.counts()
    if found.get("organizations") and not replace:
        told = ", ".join(f"{count} {word}" for word, count in found.items())
        raise Refused(f"Something is here already: {told}. To replace all of it add --yes. Nothing was changed.")


@contextmanager
def undone(manifest: Manifest, work: Path) -> Iterator[None]:
    """Where the schema has to be brought up to date afterwards, what was here is kept until that has worked."""
    if set(manifest.migrations) >= newest():
        yield
        return
    schema, before = database.our_schema(), work / "before"
    programs.dump(before, schema=schema, extensions=database.extensions(schema))
    try:
        yield
    except Exception as error:
        connection.close()
        programs.load(before, tables=database.our_tables(), work=work)
        connection.close()
        raise Refused(f"{error} What was here before was put back.") from error


def newest() -> set[str]:
    from django.db.migrations.loader import MigrationLoader

    return {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}


def bring_up_to_date() -> None:
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except (DatabaseError, CommandError) as error:
        reason = " ".join(str(error).split())
        raise Refused(f"The backup could not be brought up to this version: {reason}.") from error


def settle(archive: Archive, name: str, files: int) -> dict[str, Any]:
    manifest = archive.manifest
    at = now()
    restoration = note_restoration(Restoration.How.RESTORE, dumped_at=manifest.saved_at, now=at, archive=name)
    # unscoped: of every organization
    looked_for = Outgoing.unscoped.filter(restoration=restoration).count()
    later = Outgoing.unscoped.filter(state="waiting", planned_at__gt=at).count()
    return {
        "made_at": manifest.made_at,
        **database.counts(),
        "files": len(archive.media()),
        "new_files": files,
        "looked_for_first": looked_for,
        "planned_for_later": later,
    }
