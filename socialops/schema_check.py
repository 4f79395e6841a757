"""Whether the database and this code know one another: asked at every start, by /readyz and by doctor."""

import sys
from functools import cache

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader

from foundation.database.repair import RepairTables

BEHIND_MESSAGE = (
    "The database is behind this code ({names}). Run `python manage.py migrate` first; it may run while the earlier "
    "release still works."
)
AHEAD_MESSAGE = (
    "The database is newer than this code: it has {names}, which this release does not know. Start the release that "
    "the database was migrated by, or read the backup from before it with `python manage.py restore PATH`."
)
NAMED_MIGRATIONS = 3
seen_current: list[bool] = []  # holds something once this process has seen every migration of its own applied


class UnknownSchema(RuntimeError):
    """This code must not work on that database; the message says what to run."""


def require_known_schema() -> None:
    """Raises UnknownSchema. A database that cannot be asked stops nobody: work begins when it comes back."""
    try:
        reason = describe_unapplied() or describe_unknown()
    except (DatabaseError, InterfaceError):
        return
    finally:
        connection.close()
    if reason:
        raise UnknownSchema(reason)


def exit_unless_schema_known() -> None:
    """Ends a process that is about to start, with one line on stderr."""
    try:
        require_known_schema()
    except UnknownSchema as error:
        print(error, file=sys.__stderr__, flush=True)  # Celery's beat has put its log in stderr's place
        sys.exit(1)


def describe_unapplied() -> str:
    """What this code has and the database lacks, in a sentence. Once there is nothing, it is not asked again."""
    if seen_current:
        return ""
    loader = MigrationLoader(connection)
    # What a squashed one replaces counts as applied where that was.
    if missing := sorted(key for key in loader.graph.nodes if key not in loader.applied_migrations):
        return BEHIND_MESSAGE.format(names=format_migrations(missing))
    seen_current.append(True)
    return ""


def describe_unknown() -> str:
    """What the database has and this code lacks, in a sentence. What other people's packages recorded is theirs."""
    if "django_migrations" not in connection.introspection.table_names():
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT app, name FROM django_migrations")
        unknown = sorted(key for key in set(cursor.fetchall()) - known_migrations() if key[0] not in foreign_apps())
    return AHEAD_MESSAGE.format(names=format_migrations(unknown)) if unknown else ""


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """What there is, and what there was and is taken off the records by a migration that repairs."""
    there = MigrationLoader(None).disk_migrations
    repairs = (one for found in there.values() for one in found.operations if isinstance(one, RepairTables))
    return frozenset(there) | {gone for one in repairs for gone in one.retired}


@cache
def foreign_apps() -> frozenset[str]:
    ours = (settings.BASE_DIR.joinpath(*app.name.split(".")) for app in apps.get_app_configs())
    return frozenset(app.label for app, path in zip(apps.get_app_configs(), ours, strict=True) if app.path != str(path))


def format_migrations(keys: list[tuple[str, str]]) -> str:
    names = [f"{app}.{name}" for app, name in keys[:NAMED_MIGRATIONS]]
    more = len(keys) - NAMED_MIGRATIONS
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")
