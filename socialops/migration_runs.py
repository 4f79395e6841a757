"""How migrations run: one `migrate` at a time, and a killed one goes on where it was (docs/adr/0016-schema.md)."""

import contextlib
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import AddConstraint, AddField, CreateModel, Migration, RemoveConstraint, RemoveField
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from foundation.database.repair import repair_tables

MIGRATION_LOCK = 0x50C1A1  # of the whole database: any number that nobody else takes
RETRY_EVERY = 0.2  # seconds
NON_ATOMIC_OPERATIONS = (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
)  # PostgreSQL takes these outside a transaction only


@contextlib.contextmanager
def lock_migrations(connection: BaseDatabaseWrapper, waiting: Callable[[], None]) -> Iterator[None]:
    """Holds the lock of the database's migrations. Whoever is killed gives it back when PostgreSQL sees them gone.

    It is asked for again and again, for a session that waits inside one statement would be waited for by every
    CREATE INDEX CONCURRENTLY of whoever holds the lock.
    """
    announced = False
    while not fetch_value(connection, "SELECT pg_try_advisory_lock(%s)", [MIGRATION_LOCK]):
        if not announced:
            waiting()
            announced = True
        time.sleep(RETRY_EVERY)
    try:
        yield
    finally:
        with contextlib.suppress(Exception):  # a connection that broke has given it back
            fetch_value(connection, "SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def fetch_value(connection: BaseDatabaseWrapper, query: str, parameters: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        row = cursor.fetchone()
    return row[0] if row else None


class ResumingExecutor(MigrationExecutor):
    """Runs each operation of a non-atomic migration by itself, and leaves out what a killed run had done of it."""

    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        if migration.atomic or fake or fake_initial:
            return super().apply_migration(state, migration, fake, fake_initial)
        if self.progress_callback:
            self.progress_callback("apply_start", migration, fake)
        for operation in migration.operations:
            before = state.clone()
            operation.state_forwards(migration.app_label, state)
            self.run(operation, migration.app_label, before, state)
        self.record_migration(migration)  # type: ignore[call-arg, arg-type]  # its types are of a later Django
        if self.progress_callback:
            self.progress_callback("apply_success", migration, fake)
        return state

    def run(self, operation: Operation, app: str, before: ProjectState, after: ProjectState) -> None:
        """In a transaction where it can be: then it is done or not, and nothing between."""
        if not self.is_done(operation, app, before, after):
            with self.connection.schema_editor(atomic=not isinstance(operation, NON_ATOMIC_OPERATIONS)) as editor:
                operation.database_forwards(app, editor, before, after)

    def is_done(self, operation: Operation, app: str, before: ProjectState, after: ProjectState) -> bool:
        """Whether the database shows it. What cannot be seen there is done again, and must bear that."""
        if isinstance(operation, CreateModel):
            return self.table(after, app, operation.name) in self.connection.introspection.table_names()
        if isinstance(operation, AddField | RemoveField):
            field = (after if isinstance(operation, AddField) else before).apps.get_model(app, operation.model_name)
            column = field._meta.get_field(operation.name).column
            return (column in self.columns(field._meta.db_table)) == isinstance(operation, AddField)
        if isinstance(operation, AddIndexConcurrently):
            return self.has_index(operation.index.name)
        if isinstance(operation, RemoveIndexConcurrently):
            return not self.exists("SELECT 1 FROM pg_class WHERE relkind = 'i' AND relname = %s", operation.name)
        if isinstance(operation, AddConstraint):
            return self.exists("SELECT 1 FROM pg_constraint WHERE conname = %s", operation.constraint.name)
        if isinstance(operation, RemoveConstraint):
            return not self.exists("SELECT 1 FROM pg_constraint WHERE conname = %s", operation.name)
        return False

    def has_index(self, name: str) -> bool:
        """One that was being built when its builder was killed is there and not valid: it makes room for another."""
        half = (
            "SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid AND relname = %s"
        )
        if self.exists(half, name):
            with self.connection.schema_editor(atomic=False) as editor:
                editor.execute(f"DROP INDEX CONCURRENTLY {editor.quote_name(name)}")
        return self.exists("SELECT 1 FROM pg_class WHERE relkind = 'i' AND relname = %s", name)

    def exists(self, query: str, name: str) -> bool:
        return bool(fetch_value(self.connection, query, [name]))

    def table(self, state: ProjectState, app: str, model: str) -> str:
        return str(state.apps.get_model(app, model)._meta.db_table)

    def columns(self, table: str) -> set[str]:
        with self.connection.cursor() as cursor:
            return {column.name for column in self.connection.introspection.get_table_description(cursor, table)}


def create_reserved_tables(connection: BaseDatabaseWrapper) -> bool:
    """Two early versions recorded migrations that were still empty; those that follow need what they were to make.

    Only where such a database is met: the table of the notices is missing though its migration is recorded.
    """
    if not lacks_reserved_tables(connection):
        return False
    executor = MigrationExecutor(connection)
    state = executor._create_project_state(with_applied_migrations=True)  # type: ignore[attr-defined]  # there is no public way
    with connection.schema_editor(atomic=True) as editor:
        for app in ("organizations", "teams"):
            repair_tables(editor, list(state.apps.get_app_config(app).get_models()))
    create_audit_trigger(connection)
    return True


def lacks_reserved_tables(connection: BaseDatabaseWrapper) -> bool:
    known = fetch_value(connection, "SELECT to_regclass('public.django_migrations') IS NOT NULL", [])
    recorded = "SELECT 1 FROM django_migrations WHERE app = 'organizations' AND name = '0004_notifications'"
    missing = "SELECT to_regclass('public.organizations_notification') IS NULL"
    return bool(known and fetch_value(connection, recorded, []) and fetch_value(connection, missing, []))


def create_audit_trigger(connection: BaseDatabaseWrapper) -> None:
    """The trigger is written in SQL, so no model tells of it."""
    if not fetch_value(connection, "SELECT 1 FROM pg_trigger WHERE tgname = 'audit_append_only'", []):
        with connection.cursor() as cursor:
            cursor.execute(import_module("organizations.migrations.0002_audit_append_only").REFUSE)
