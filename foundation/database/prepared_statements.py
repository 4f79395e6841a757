"""Statements that PostgreSQL plans once for each connection, and not each time that they run."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import BigIntegerField, Expression, Model, QuerySet
from django.dispatch import receiver

M = TypeVar("M", bound=Model)
# {name: how it was prepared} by the driver's connection: a new one knows none
_prepared: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()


@receiver(connection_created)
def force_generic_plans(connection: BaseDatabaseWrapper, **given: object) -> None:
    """Or PostgreSQL would plan anew at each call where it expects a little more of a plan for those very values."""
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_generic_plan")


def fetch_prepared(name: str, prepare: str, values: Sequence[Any], planned_with: str = "") -> tuple[Any, ...] | None:
    """The first row of a statement, which `prepare` makes known to a connection that does not know it yet.

    `planned_with` is set for the rest of the transaction, for it may be planned (anew) at each call.
    """
    connection.ensure_connection()
    prepared = _prepared.setdefault(connection.connection, {})
    with connection.cursor() as cursor:
        if prepared.get(name) != prepare:
            if prepared.pop(name, None):
                cursor.execute(f"DEALLOCATE {name}")
            cursor.execute(prepare)
            prepared[name] = prepare
        settings = f"SET LOCAL {planned_with}; " if planned_with else ""
        cursor.execute(f"{settings}EXECUTE {name} ({', '.join(['%s'] * len(values))})", values)
        found: tuple[Any, ...] | None = cursor.fetchone()
    return found


class PreparedStatement:
    """`sql` with its values as %(name)s; `types` says of each name which type it has, as PostgreSQL calls it.

    `planned_with`: a setting of the planner, for what it is likely to misjudge; then it runs within transactions only.
    """

    def __init__(self, name: str, sql: str, types: Mapping[str, str], *, planned_with: str = "") -> None:
        self.name = name
        self.types = types
        self.planned_with = planned_with
        places = {given: f"${place}" for place, given in enumerate(types, start=1)}
        self.prepare = f"PREPARE {name} ({', '.join(types.values())}) AS {sql % places}"

    def first(self, **values: Any) -> tuple[Any, ...] | None:
        """The first row that it answers."""
        return fetch_prepared(self.name, self.prepare, [values[name] for name in self.types], self.planned_with)


class Argument(Expression):
    def __init__(self, place: int) -> None:
        super().__init__(output_field=BigIntegerField())
        self.place = place

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]  # Django itself joins lists
        return f"${self.place}", []


class PreparedQuery(Generic[M]):
    """A queryset that neither Django nor PostgreSQL works out anew each time.

    `build` is called once for all, so what it builds holds nothing that differs from call to call, a tenant's id least
    of all: it takes as many arguments as ids are given each time, and finds in them what stands for those.
    """

    def __init__(self, name: str, arguments: int, build: Callable[..., QuerySet[M]]) -> None:
        self.name = name
        self.arguments = arguments
        self.build = build

    @cached_property
    def compiled(self) -> tuple[QuerySet[M], Any, str]:
        """The queryset, Django's compiler of it, and the statement that prepares it."""
        rows = self.build(*map(Argument, range(1, self.arguments + 1)))
        compiler = rows.query.get_compiler("default")
        sql, values = compiler.as_sql()
        with connection.cursor() as cursor:
            plain = cursor.mogrify(sql, values).decode()
        return rows, compiler, f"PREPARE {self.name} ({', '.join(['bigint'] * self.arguments)}) AS {plain}"

    def get(self, *values: Any) -> M:
        """Its one row. Raises the model's DoesNotExist."""
        if (row := self.first(*values)) is None:
            raise self.compiled[0].model.DoesNotExist  # type: ignore[attr-defined]  # every model has one of its own
        return row

    def first(self, *values: Any) -> M | None:
        rows, compiler, prepare = self.compiled
        found = fetch_prepared(self.name, prepare, values)
        if found is None:
            return None
        answered = copy(compiler)
        answered.execute_sql = lambda **_: [[found]]
        rows = rows.all()
        rows.query.get_compiler = lambda **_: answered  # type: ignore[method-assign]  # Django makes the objects of it
        return next(iter(rows))
