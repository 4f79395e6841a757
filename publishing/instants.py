"""Moments as programs write and read them: RFC 3339, in UTC."""

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from foundation.texts.dates import parse_zoned_moment


def format_instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


@extend_schema_field(OpenApiTypes.DATETIME)
class Instant(serializers.Field[datetime, Any, str | None, Any]):
    """A moment with its zone."""

    default_error_messages = {"invalid": "Give a time with its zone, as in 2030-01-31T09:00:00Z."}

    def to_internal_value(self, data: Any) -> datetime:
        at = parse_zoned_moment(data.upper() if isinstance(data, str) else data)  # RFC 3339 allows t and z
        if at is None or not 1970 < at.year < 9000:
            self.fail("invalid")
        return at

    def to_representation(self, value: datetime) -> str | None:
        return format_instant(value)
