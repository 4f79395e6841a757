"""What somebody saw before they changed it: spelt into a page, and read back when its form comes in."""

import re
from collections.abc import Iterable

from foundation.texts.ids import parse_id, parse_ids
from networks.models import PROFILE_VERBS

Verbs = frozenset[str]
CELL_WIDTH = 2  # hexadecimal digits of one cell, enough for the seven verbs
ENCODED_CELL = re.compile("[0-7][0-9a-f]")


def encode_verbs(verbs: Iterable[str]) -> str:
    """A set of verbs in two digits: a page of the matrix has hundreds of them."""
    held = set(verbs)
    return f"{sum(1 << number for number, verb in enumerate(PROFILE_VERBS) if verb in held):0{CELL_WIDTH}x}"


def decode_verbs(text: str) -> Verbs | None:
    """The verbs that were spelt so; None for what was not."""
    if not ENCODED_CELL.fullmatch(text):
        return None
    bits = int(text, 16)
    return frozenset(verb for number, verb in enumerate(PROFILE_VERBS) if bits >> number & 1)


def decode_holders(values: Iterable[str]) -> dict[str, Verbs]:
    """{"member-12": verbs} of "member-12:07"; nonsense is passed over."""
    parts = (value.partition(":") for value in values)
    return {key: verbs for key, _colon, text in parts if (verbs := decode_verbs(text)) is not None}


def decode_rows(columns: str, rows: Iterable[str]) -> dict[tuple[int, int], Verbs]:
    """{(member id, profile id): verbs} of the profiles "3 4" and rows such as "12:0701"; nonsense is passed over."""
    profiles = parse_ids(columns.split())
    found = {}
    for row in rows:
        text, _colon, cells = row.partition(":")
        if (member := parse_id(text)) is None:
            continue
        for number, profile in enumerate(profiles):
            verbs = decode_verbs(cells[number * CELL_WIDTH : (number + 1) * CELL_WIDTH])
            if verbs is not None:
                found[member, profile] = verbs
    return found
