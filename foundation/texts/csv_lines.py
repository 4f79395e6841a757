"""CSV that a spreadsheet shows and never runs. Pure."""

import csv
import io
from collections.abc import Iterable
from typing import Any

FORMULA_STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)  # what a spreadsheet would run, wide ones too
BLANK_STARTS = ("\t", "\r", "\n")  # what some of them drop before they look


def escape_formula(value: Any) -> Any:
    """With a mark before what would be run: a spreadsheet shows it as text then. Numbers stay numbers."""
    if isinstance(value, str) and (value.startswith(BLANK_STARTS) or value.lstrip().startswith(FORMULA_STARTS)):
        return f"'{value}"
    return value


def format_csv_line(values: Iterable[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue()
