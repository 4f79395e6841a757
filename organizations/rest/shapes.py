"""What calls answer with: a shape writes it, and its fields describe it in the OpenAPI document."""

from datetime import datetime
from typing import Any

from rest_framework import serializers


class Shape(serializers.Serializer):  # type: ignore[type-arg]  # generic for the type checker alone
    """Reads a row as its fields say, in their order. `Shape(row, context={...}).data`, or `many=True` for a list.

    One that has to work things out writes its own dict in `to_representation`; tests hold it to its fields.
    """


class MomentField(serializers.DateTimeField):
    """A time as it stands, in whichever zone; the encoder writes it."""

    def to_representation(self, value: datetime) -> datetime:  # type: ignore[override]  # no text yet
        return value


class TextOrNullField(serializers.CharField):
    """Null where there is no text."""

    def __init__(self, **given: Any) -> None:
        super().__init__(allow_null=True, **given)

    def to_representation(self, value: str) -> str | None:  # type: ignore[override]  # it may be null
        return value or None


class ProblemShape(Shape):
    """A problem that says more than others do (organizations.rest.errors)."""

    type = serializers.CharField()
    title = serializers.CharField()
    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # as a field it is in nobody's way
        child=serializers.ListField(child=serializers.CharField())
    )
