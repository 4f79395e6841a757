"""The database that a backup is made of, or put into: where it is, and what is in it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import dj_database_url
from django.conf import settings
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from socialops.backup.refusal import Refused
from socialops.running import embedded
from socialops.running.only_instance import AlreadyRunning, only_one
from socialops.running.servers import Postgres, ServiceFailed, running

COUNTED = {
    "organizations": "organizations_organization",
    "people": "organizations_user",
    "profiles": "networks_profile",
    "posts": "publishing_post",
    "messages": "inbox_message",
}


@contextmanager
def reachable(*, alone: bool) -> Iterator[None]:
    """Starts the embedded server where none is named and none runs. Raises Refused where it is in use and we must be
    `alone`."""
    with ExitStack() as stack:
        if settings.EMBEDS_DATABASE:
            try:
                stack.enter_context(only_one(embedded.RUN_DIR))
            except AlreadyRunning as error:
                if alone:
                    raise Refused(f"{error} Stop it first, so that nothing leaves meanwhile.") from None
            else:
                try:
                    use(stack.enter_context(running(Postgres(embedded.RUN_DIR, "socialops"))))
                except ServiceFailed as error:
                    raise Refused(str(error)) from None
        stack.callback(connections.close_all)
        yield


def use(url: str) -> None:
    """The settings were read before the server was there."""
    connection.close()
    connection.settings_dict.update(dj_database_url.parse(url))


def our_schema() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0] or "public")


def extensions(schema: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension WHERE extnamespace = %s::regnamespace", [schema])
        return [name for (name,) in cursor.fetchall()]


def our_tables() -> list[str]:
    """Those of our own that are there."""
    return sorted({*connection.introspection.django_table_names(only_existing=True), *recorded()})


def recorded() -> list[str]:
    table = MigrationRecorder.Migration._meta.db_table
    return [table] if table in connection.introspection.table_names() else []


def applied() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def known() -> set[str]:
    """Every migration that this version has, or once had."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {key for one in loader.disk_migrations.values() for key in one.replaces}
    return {f"{app}.{name}" for app, name in {*loader.disk_migrations, *replaced}}


def counts() -> dict[str, int]:
    """How many of what is there; nothing where there are no tables."""
    there = set(connection.introspection.table_names())
    found = {}
    with connection.cursor() as cursor:
        for word, table in COUNTED.items():
            if table in there:
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own names
                found[word] = int(cursor.fetchone()[0])
    return found
