"""The fence: a query without an organization in scope is an error, never "all rows".

`TenantManager` filters by an SQL parameter that is resolved when the query compiles, so that forms and class-level
querysets may be declared at import and still follow the organization in scope.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any, Self, TypeVar

from celery import Task
from django.db import models
from django.db.models.expressions import Expression
from django.db.models.sql import Query
from django.db.models.sql.where import NothingNode

if TYPE_CHECKING:
    from organizations.models import Organization

M = TypeVar("M", bound=models.Model, covariant=True)
current_organization_id: ContextVar[int | None] = ContextVar("organization_id", default=None)


class NoTenant(RuntimeError):
    """A tenant's rows were asked for outside `scope(organization)`: a defect of ours, never a person's fault."""


@contextmanager
def scope(organization: "Organization | int") -> Iterator[None]:
    """Everything inside sees this organization's rows only."""
    token = current_organization_id.set(organization if isinstance(organization, int) else organization.pk)
    try:
        yield
    finally:
        current_organization_id.reset(token)


def require_organization_id() -> int:
    organization_id = current_organization_id.get()
    if organization_id is None:
        raise NoTenant("No organization is in scope; wrap the work in scope(organization).")
    return organization_id


class TenantTask(Task):  # type: ignore[misc]  # celery has no types
    """A task whose first argument is the id of the organization it works for."""

    def __call__(self, organization_id: int, *args: Any, **kwargs: Any) -> Any:
        with scope(organization_id):
            return super().__call__(organization_id, *args, **kwargs)


class CurrentOrganization(Expression):
    """The organization in scope, as an SQL parameter. Raises NoTenant when compiled outside a scope."""

    output_field = models.BigIntegerField()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[int]]:  # type: ignore[override]  # Django itself joins lists
        return "%s", [require_organization_id()]


class TenantQuerySet(models.QuerySet[M]):
    def none(self) -> Self:
        """Empty everywhere: Django's own none() would still compile the fence, and raise outside a scope."""
        empty = super().none()
        where = empty.query.where
        where.children = [child for child in where.children if isinstance(child, NothingNode)]
        return empty


@cache
def fenced_query(model: type[models.Model]) -> Query:
    """All rows of `model` within the fence. Built once, for every query begins with it."""
    return TenantQuerySet(model).filter(organization_id=CurrentOrganization()).query


class TenantManager(models.Manager[M]):
    def get_queryset(self) -> TenantQuerySet[M]:
        return TenantQuerySet(self.model, query=fenced_query(self.model).clone(), using=self._db)


class TenantModel(models.Model):
    """Base of every row that belongs to one organization."""

    organization = models.ForeignKey("organizations.Organization", on_delete=models.CASCADE, related_name="+")

    objects = TenantManager()
    unscoped = models.Manager()  # each use says why

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.organization_id is None:
            self.organization_id = require_organization_id()
        super().save(*args, **kwargs)
