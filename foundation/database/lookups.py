"""One row, or NotFound: absent and invisible look the same."""

from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet

from foundation.errors import NotFound

M = TypeVar("M", bound=Model)


def get_or_not_found(rows: QuerySet[M], pk: int | str | None) -> M:
    """The row with this id, which may have come from outside. Raises NotFound, also for what can be no id."""
    try:
        return rows.get(pk=pk)
    except (ObjectDoesNotExist, ValueError, TypeError, OverflowError):
        raise NotFound from None
