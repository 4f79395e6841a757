"""Input that says no to what it does not know."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from foundation.texts.written_text import with_line_feeds

LARGEST_ID = 2**63 - 1


class StrictSerializer(serializers.Serializer):  # type: ignore[type-arg]  # generic for the type checker alone
    """Reads a body; a field it does not have is an error that names it, and NUL characters are refused."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = {str(name): ["There is no such field."] for name in data if name not in self.fields}
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


class WrittenTextField(serializers.CharField):
    """What somebody wrote; its limit counts line ends as they are kept."""

    def to_internal_value(self, data: Any) -> str:
        return with_line_feeds(super().to_internal_value(data))


class IdField(serializers.IntegerField):
    """The id of a row."""

    def __init__(self, **given: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **given)


class IdListField(serializers.ListField):
    """A list of distinct ids."""

    child = IdField()

    def to_internal_value(self, data: Any) -> list[int]:
        return list(dict.fromkeys(super().to_internal_value(data)))
