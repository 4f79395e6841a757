"""Lists page by key: {"results", "next", "previous"}."""

from base64 import b64decode
from binascii import Error as NotBase64
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.core.exceptions import ValidationError as InvalidValue
from django.db.models import F, QuerySet
from django.utils.timezone import is_naive
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class KeysetPagination(CursorPagination):
    """Newest first by id; `limit` 1 to 200. A view with another order sets `ordering` of a subclass."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering: str | list[str] | tuple[str, ...] = "-id"

    def paginate_queryset(  # type: ignore[override]  # only rows of the database are paged
        self, queryset: QuerySet[Any], request: Request, view: Any = None
    ) -> list[Any] | None:
        """Raises ValidationError where the cursor names no place in this list's order."""
        cursor = self.decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            first = self.get_ordering(request, queryset, view)[0].lstrip("-")
            require_cursor_value(queryset, first, str(cursor.position))
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page = super().get_paginated_response_schema(schema)
        return {**page, "required": list(page["properties"])}

    def decode_cursor(self, request: Request) -> Cursor | None:
        """What the base passes over would be the first page again, and a program that reads on would never end."""
        given = request.query_params.get(self.cursor_query_param)
        if given is not None and not is_cursor(given):
            raise invalid_cursor_error()
        try:
            return super().decode_cursor(request)
        except NotFound:
            raise invalid_cursor_error() from None


def is_cursor(given: str) -> bool:
    """Whether it has the form of one: offset, direction and position, as the base encodes them."""
    try:
        tokens = parse_qsl(b64decode(given.encode("ascii"), validate=True).decode("ascii"), keep_blank_values=True)
    except (NotBase64, ValueError):
        return False
    return bool(tokens) and {name for name, _value in tokens} <= {"o", "r", "p"}


def require_cursor_value(queryset: QuerySet[Any], name: str, given: str) -> None:
    """Raises ValidationError where `given` is no value of what the rows are ordered by."""
    field = F(name).resolve_expression(queryset.query).output_field
    try:
        value = field.to_python(given)
        field.run_validators(value)
    except (InvalidValue, ValueError, OverflowError):
        raise invalid_cursor_error() from None
    if isinstance(value, datetime) and is_naive(value):
        raise invalid_cursor_error()


def invalid_cursor_error() -> ValidationError:
    return ValidationError({"cursor": ["This is no cursor of this list. Take the one from `next` or `previous`."]})
