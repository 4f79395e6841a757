"""Ids of rows, and other whole numbers, as addresses and forms hold them."""

from collections.abc import Iterable


def parse_id(text: str | None) -> int | None:
    """None for what cannot be the id of a row."""
    return parse_number(text, digits=18)


def parse_ids(texts: Iterable[str]) -> list[int]:
    """Those of `texts` that can be ids, in their order."""
    return [found for text in texts if (found := parse_id(text)) is not None]


def parse_number(text: str | None, *, digits: int) -> int | None:
    """A whole number, not below 0, of so many digits at the most; None for anything else."""
    return int(text) if text and len(text) <= digits and text.isascii() and text.isdecimal() else None
