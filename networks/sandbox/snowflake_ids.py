"""Ids as the networks make them: numbers that hold their time, so that `since_id` and order mean something."""

import secrets
from datetime import datetime

EPOCH_MS = 1288834974657
_SPARE_BITS = 22


def new_id_number(at: datetime) -> int:
    """A new number for something made at `at`. The spare bits are random, to tell two of one millisecond apart."""
    return (int(at.timestamp() * 1000) - EPOCH_MS) << _SPARE_BITS | secrets.randbits(_SPARE_BITS)


def lowest_id_number(at: datetime) -> int:
    """No number made at `at` or later is lower."""
    return max(0, int(at.timestamp() * 1000) - EPOCH_MS) << _SPARE_BITS
