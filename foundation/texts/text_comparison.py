"""Text as people would compare it, whatever a network did to it on the way."""

import re
import unicodedata

from foundation.texts.graphemes import shorten_text

_NAMES_IN_FRONT = re.compile(r"^(?:@\w+\s+)+")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)


def normalize_text(text: str) -> str:
    """NFC, with every run of white space as one space: what is equal here reads the same."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def comparison_key(text: str, *, names: bool = True) -> str:
    """Equal for all texts that some network might show alike: names in front of an answer and schemes of links apart.

    Two that differ in it are never taken for one another. `names`: whether those in front are left out.
    """
    plain = _SCHEME.sub("", normalize_text(text))
    return (_NAMES_IN_FRONT.sub("", f"{plain} ") if names else plain).strip()


def clip_to_line(text: str, limit: int = 300) -> str:
    """At most `limit` characters on one line."""
    return shorten_text(" ".join(text.split()), limit)
