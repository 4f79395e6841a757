"""How much a network may push at once."""

MAX_PUSH_BYTES = 10 * 1_048_576  # bytes; networks gather what happened while they could not reach us
