"""Audit entries as CSV for spreadsheets and as JSON for programs, line by line. Pure."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from foundation.texts.sheets import harmless, line
from organizations.models import AuditEntry

COLUMNS = (
    "id", "at", "actor_kind", "actor_id", "actor_name", "ip", "verb", "target_kind", "target_id", "target_name",
    "change",
)  # fmt: skip


def as_csv(entries: Iterable[AuditEntry]) -> Iterator[str]:
    yield line(COLUMNS)
    for entry in entries:
        values = shape(entry)
        values["change"] = json.dumps(values["change"], ensure_ascii=False)
        yield line(harmless(values[column]) for column in COLUMNS)


def as_json(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """One array, an entry a line."""
    before = "[\n"
    for entry in entries:
        yield before + json.dumps(shape(entry), ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def shape(entry: AuditEntry) -> dict[str, Any]:
    values = {column: getattr(entry, column) for column in COLUMNS}
    values["at"] = entry.at.isoformat()
    return values
