"""What people see as one character, however many code points it has: a text is cut between two of them, never inside.

Source: Unicode Standard Annex 29, as `wcwidth` follows it.
"""

import unicodedata

from wcwidth import grapheme_boundary_before, iter_graphemes

_JOINERS = frozenset("\u200c\u200d")


def grapheme_boundary(text: str, at: int) -> int:
    """The last place up to `at` where `text` may be cut."""
    while 0 < at < len(text):
        at = grapheme_boundary_before(text, at + 1)
        if not joins_previous(text[at]):
            return at
        at -= 1  # a mark behind a line's end stands alone, but not at a beginning of ours
    return max(0, min(at, len(text)))


def first_grapheme_end(text: str) -> int:
    """Where the first character ends, with all that belongs to it."""
    end = len(next(iter_graphemes(text), ""))
    while end < len(text) and joins_previous(text[end]):
        end += 1
    return end


def joins_previous(char: str) -> bool:
    """Whether it joins, marks or varies what stands before it."""
    return char in _JOINERS or unicodedata.category(char).startswith("M")


def shorten_text(text: str, most: int) -> str:
    """At most `most` code points, the last of them saying that there is more."""
    return text if len(text) <= most else text[: grapheme_boundary(text, max(0, most - 1))].rstrip() + "…"


def truncate_text(text: str, most: int) -> str:
    """At most `most` code points, for columns that hold no more."""
    return text[: grapheme_boundary(text, most)]
