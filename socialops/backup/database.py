"""The database that a backup is made of, or put into: where it is, and what is in it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import dj_database_url
from django.conf import settings
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from socialops.backup.backup_refusal import BackupRefused
from socialops.running import embedded
from socialops.running.only_instance import AlreadyRunning, lock_checkout
from socialops.running.servers import Postgres, ServiceFailed, run_server

COUNTED_TABLES = {
    "organizations": "organizations_organization",
    "people": "organizations_user",
    "profiles": "networks_profile",
    "posts": "publishing_post",
    "messages": "inbox_message",
}


@contextmanager
def reach_database(*, alone: bool) -> Iterator[None]:
    """Starts the embedded server where none is named and none runs. Raises Refused where it is in use and we must be
    `alone`."""
    with ExitStack() as stack:
        if settings.EMBEDS_DATABASE:
            try:
                stack.enter_context(lock_checkout(embedded.RUN_DIR))
            except AlreadyRunning as error:
                if alone:
                    raise BackupRefused(f"{error} Stop it first, so that nothing leaves meanwhile.") from None
            else:
                try:
                    use_database(stack.enter_context(run_server(Postgres(embedded.RUN_DIR, "socialops"))))
                except ServiceFailed as error:
                    raise BackupRefused(str(error)) from None
        stack.callback(connections.close_all)
        yield


def use_database(url: str) -> None:
    """The settings were read before the server was there."""
    connection.close()
    connection.settings_dict.update(dj_database_url.parse(url))


def find_current_schema() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0] or "public")


def list_extensions(schema: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension WHERE extnamespace = %s::regnamespace", [schema])
        return [name for (name,) in cursor.fetchall()]


def list_our_tables() -> list[str]:
    """Those of our own that are there."""
    return sorted({*connection.introspection.django_table_names(only_existing=True), *list_migration_tables()})


def list_migration_tables() -> list[str]:
    table = MigrationRecorder.Migration._meta.db_table
    return [table] if table in connection.introspection.table_names() else []


def list_applied_migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def list_known_migrations() -> set[str]:
    """Every migration that this version has, or once had."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {key for one in loader.disk_migrations.values() for key in one.replaces}
    return {f"{app}.{name}" for app, name in {*loader.disk_migrations, *replaced}}


def count_rows() -> dict[str, int]:
    """How many of what is there; nothing where there are no tables."""
    there = set(connection.introspection.table_names())
    found = {}
    with connection.cursor() as cursor:
        for word, table in COUNTED_TABLES.items():
            if table in there:
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own names
                found[word] = int(cursor.fetchone()[0])
    return found
