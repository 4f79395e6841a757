"""Text as people would compare it, whatever a network did to it on the way."""

import unicodedata


def normalized(text: str) -> str:
    """NFC, with every run of white space as one space: what is equal here reads the same."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def clipped(text: str, limit: int = 300) -> str:
    """At most `limit` characters on one line."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
