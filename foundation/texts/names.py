"""Names, from whatever door they come: one line, of characters that can be seen.

A line break in a name would begin a new header of an e-mail, a new line of a log or of an audit sentence.
"""

import re
import unicodedata

from django.utils.translation import gettext as _

from foundation.errors import Invalid
from foundation.texts.number_format import format_number

# Characters that turn the direction of what stands around them, so that a name could be read as another.
DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNSEEN_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of characters, line and paragraph separators
BLANKS = re.compile(r"\s+")


def is_unseen_char(char: str) -> bool:
    return char in DIRECTION_MARKS or unicodedata.category(char) in UNSEEN_CATEGORIES


def is_one_line(text: str) -> bool:
    return not any(map(is_unseen_char, text))


def join_lines(text: str) -> str:
    """For names that somebody outside gave: what cannot stand in one becomes a blank."""
    return BLANKS.sub(" ", "".join(" " if is_unseen_char(char) else char for char in text)).strip()


def checked_name(given: str, most: int, *, field: str = "name", may_be_empty: bool = False) -> str:
    """The name without blanks around it. Raises Invalid (`field`)."""
    name = given.strip(" ")
    if may_be_empty and not name:
        return ""
    if not name.strip() or len(name) > most or not is_one_line(name):
        raise Invalid({field: [_("Give a name of 1 to %s characters, on one line.") % format_number(most)]})
    return name
