"""Brings tables to what their migrations say: for databases whose migrations were changed after they had run there.

Compares the models of one app, as the migrations before this one leave them, with what PostgreSQL has, and adds what
is missing. Whatever is in order is only looked at, so it is safe everywhere and any number of times.
"""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

Model = type[models.Model]


@dataclass
class RepairTables(Operation):
    """What is left of earlier versions is dropped, tables only where nothing is in them.

    An index of the right name and other fields is made anew; one of expressions, where its definition lacks the word.
    """

    app: str
    left_columns: Sequence[tuple[str, str]] = ()
    left_indexes: Sequence[str] = ()
    left_tables: Sequence[str] = ()
    retired: Sequence[tuple[str, str]] = ()  # migrations that are gone, with their app
    words: Sequence[tuple[str, str]] = ()  # (index, word of its definition)

    reduces_to_sql = False
    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models stay what they are."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for statement in self.dropping():
            schema_editor.execute(statement)
        if not any(has_rows(schema_editor, table) for table in self.left_tables):
            for table in self.left_tables:
                schema_editor.execute(f"DROP TABLE IF EXISTS {table}")
        for index, word in self.words:
            if (current := definition_of_index(schema_editor, index)) and word not in current:
                schema_editor.execute(f"DROP INDEX {index}")
        repair_tables(schema_editor, list(from_state.apps.get_app_config(self.app).get_models()))
        for app, name in self.retired:
            schema_editor.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", [app, name])

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """What was mended stays mended."""

    def dropping(self) -> Iterator[str]:
        yield from (f"ALTER TABLE {table} DROP COLUMN IF EXISTS {column}" for table, column in self.left_columns)
        yield from (f"DROP INDEX IF EXISTS {index}" for index in self.left_indexes)

    def describe(self) -> str:
        return f"Repairs the tables of {self.app} where a migration was changed after it had run"


def repair_tables(editor: BaseDatabaseSchemaEditor, found: Iterable[Model]) -> None:
    for model in sorted(found, key=lambda model: model._meta.db_table):
        if model._meta.db_table in existing_tables(editor):
            repair_fields(editor, model)
            repair_indexes(editor, model)
            repair_constraints(editor, model)
        else:
            editor.create_model(model)


def repair_fields(editor: BaseDatabaseSchemaEditor, model: Model) -> None:
    nullable = {
        column.name: column.null_ok
        for column in introspection_of(editor).get_table_description(editor.connection.cursor(), model._meta.db_table)
    }
    for field in model._meta.local_fields:
        if field.column not in nullable:
            editor.add_field(model, field)
        elif bool(nullable[field.column]) != field.null:
            before = copy(field)
            before.null = not field.null
            editor.alter_field(model, before, field)
    for many in model._meta.local_many_to_many:
        through: Any = many.remote_field.through
        if through._meta.auto_created and through._meta.db_table not in existing_tables(editor):
            editor.create_model(through)


def repair_indexes(editor: BaseDatabaseSchemaEditor, model: Model) -> None:
    there = constraints_of_table(editor, model)
    for index in model._meta.indexes:
        current = there.get(index.name)
        if current and index.fields and not is_same_index(model, index, current):
            editor.remove_index(model, index)
            current = None
        if not current:
            editor.add_index(model, index)


def is_same_index(model: Model, index: models.Index, current: dict[str, Any]) -> bool:
    fields: list[Any] = [model._meta.get_field(name) for name, _ in index.fields_orders]
    columns = [field.column for field in fields]
    orders = [order or "ASC" for _, order in index.fields_orders]
    in_order = current["orders"] == orders or current["type"] != "btree" or not current["orders"]
    return bool(current["columns"][: len(columns)] == columns and in_order)


def repair_constraints(editor: BaseDatabaseSchemaEditor, model: Model) -> None:
    there = constraints_of_table(editor, model)
    for constraint in model._meta.constraints:
        if constraint.name not in there:
            editor.add_constraint(model, constraint)


def introspection_of(editor: BaseDatabaseSchemaEditor) -> Any:
    return editor.connection.introspection


def existing_tables(editor: BaseDatabaseSchemaEditor) -> set[str]:
    return set(introspection_of(editor).table_names())


def constraints_of_table(editor: BaseDatabaseSchemaEditor, model: Model) -> dict[str, dict[str, Any]]:
    with editor.connection.cursor() as cursor:
        found: dict[str, dict[str, Any]] = introspection_of(editor).get_constraints(cursor, model._meta.db_table)
    return found


def definition_of_index(editor: BaseDatabaseSchemaEditor, index: str) -> str:
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname = %s", [index])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def has_rows(editor: BaseDatabaseSchemaEditor, table: str) -> bool:
    if table not in existing_tables(editor):
        return False
    with editor.connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 - named by a migration of ours
        return cursor.fetchone() is not None
