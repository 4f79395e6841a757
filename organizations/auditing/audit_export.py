"""Audit entries as CSV for spreadsheets and as JSON for programs, line by line. Pure."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from foundation.texts.csv_lines import escape_formula, format_csv_line
from organizations.models import AuditEntry

AUDIT_COLUMNS = (
    "id", "at", "actor_kind", "actor_id", "actor_name", "ip", "verb", "target_kind", "target_id", "target_name",
    "change",
)  # fmt: skip


def audit_csv_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    yield format_csv_line(AUDIT_COLUMNS)
    for entry in entries:
        values = audit_entry_values(entry)
        values["change"] = json.dumps(values["change"], ensure_ascii=False)
        yield format_csv_line(escape_formula(values[column]) for column in AUDIT_COLUMNS)


def audit_json_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """One array, an entry a line."""
    before = "[\n"
    for entry in entries:
        yield before + json.dumps(audit_entry_values(entry), ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def audit_entry_values(entry: AuditEntry) -> dict[str, Any]:
    values = {column: getattr(entry, column) for column in AUDIT_COLUMNS}
    values["at"] = entry.at.isoformat()
    return values
