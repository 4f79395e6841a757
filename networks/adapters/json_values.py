"""Careful reading of JSON from outside: a field that is absent or of the wrong kind is simply not there."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from foundation.texts.dates import parse_moment


def mapping_or_empty(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def mappings_in(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def text_or_empty(value: Any) -> str:
    """A string, or a number written as one (some servers send ids as numbers)."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def int_or_none(value: Any) -> int | None:
    """A whole number, also when written as a string."""
    if isinstance(value, bool):
        return None
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def time_or_none(value: Any) -> datetime | None:
    """An aware time from ISO 8601 text or from Unix seconds (or milliseconds)."""
    if isinstance(value, str) and not value.isdigit():
        return parse_moment(value)
    seconds = int_or_none(value)
    if seconds is None or seconds <= 0:
        return None
    return parse_moment(seconds / 1000 if 10**11 < seconds < 10**18 else seconds)


def first_value(source: Mapping[str, Any], *names: str) -> Any:
    """The first of `names` that is there: networks rename fields faster than they document it."""
    return next((source[name] for name in names if source.get(name) is not None), None)


def parse_json_object(value: str | bytes) -> Mapping[str, Any]:
    """The JSON object in `value`; empty where it is none."""
    try:
        return mapping_or_empty(json.loads(value))
    except (ValueError, RecursionError):
        return {}


def file_placeholder(kind: str, link: str) -> str:
    """What stands for a file that came without words: its kind, and where it is to be seen."""
    return f"[{kind}] {link}" if kind else ""
