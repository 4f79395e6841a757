"""Names, from whatever door they come: one line, of characters that can be seen.

A line break in a name would begin a new header of an e-mail, a new line of a log or of an audit sentence.
"""

import re
import unicodedata

from django.utils.translation import gettext as _

from foundation.errors import Invalid
from foundation.texts.numbers import spelt_number

# Characters that turn the direction of what stands around them, so that a name could be read as another.
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNSEEN = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of characters, line and paragraph separators
BLANKS = re.compile(r"\s+")


def is_unseen(char: str) -> bool:
    return char in TURNS or unicodedata.category(char) in UNSEEN


def is_one_line(text: str) -> bool:
    return not any(map(is_unseen, text))


def one_line(text: str) -> str:
    """For names that somebody outside gave: what cannot stand in one becomes a blank."""
    return BLANKS.sub(" ", "".join(" " if is_unseen(char) else char for char in text)).strip()


def checked_name(given: str, most: int, *, field: str = "name", may_be_empty: bool = False) -> str:
    """The name without blanks around it. Raises Invalid (`field`)."""
    name = given.strip(" ")
    if may_be_empty and not name:
        return ""
    if not name.strip() or len(name) > most or not is_one_line(name):
        raise Invalid({field: [_("Give a name of 1 to %s characters, on one line.") % spelt_number(most)]})
    return name
