"""Statements that PostgreSQL plans once for each connection, and not each time that they run."""

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

_prepared_names: WeakKeyDictionary[Any, set[str]] = (
    WeakKeyDictionary()
)  # by the driver's connection: a new one knows none


@receiver(connection_created)
def force_generic_plans(connection: BaseDatabaseWrapper, **given: object) -> None:
    """Or PostgreSQL would plan anew at each call where it expects a little more of a plan for those very values."""
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_generic_plan")


class PreparedStatement:
    """`sql` with its values as %(name)s; `types` says of each name which type it has, as PostgreSQL calls it."""

    def __init__(self, name: str, sql: str, types: Mapping[str, str]) -> None:
        self.name = name
        self.types = types
        places = {given: f"${place}" for place, given in enumerate(types, start=1)}
        self.prepare = f"PREPARE {name} ({', '.join(types.values())}) AS {sql % places}"

    def first(self, **values: Any) -> tuple[Any, ...] | None:
        """The first row that it answers."""
        connection.ensure_connection()
        prepared_names = _prepared_names.setdefault(connection.connection, set())
        with connection.cursor() as cursor:
            if self.name not in prepared_names:
                cursor.execute(self.prepare)
                prepared_names.add(self.name)
            marks = ", ".join(["%s"] * len(self.types))
            cursor.execute(f"EXECUTE {self.name} ({marks})", [values[name] for name in self.types])
            found: tuple[Any, ...] | None = cursor.fetchone()
        return found
