"""What people write, from whatever door it comes: its line ends, whether it shows anything, what nobody could read."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from foundation.errors import Invalid
from foundation.texts.number_format import format_number, format_numbers

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_BYTE_ORDER_MARK = "\ufeff"  # what some programs put in front of a file; no character of its text
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})
_VISIBLE_SIGNS = re.compile(
    "[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd]"
)  # signs before numbers, of Cf
_BLANK_LETTERS = re.compile(  # letters and marks that show nothing: fillers, the blank of Braille, variation selectors
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_NONCHARACTERS = re.compile(
    "[\ufdd0-\ufdef\ufeff" + "".join(f"{chr(p | 0xFFFE)}{chr(p | 0xFFFF)}" for p in range(0, 0x110000, 0x10000)) + "]"
)


def with_line_feeds(text: str) -> str:
    """The same with each end of a line as one line feed, as networks count and show it."""
    return _LINE_ENDS.sub("\n", text.removeprefix(_BYTE_ORDER_MARK))


def has_visible_text(text: str) -> bool:
    """Whether a reader would see anything at all."""
    return any(_is_visible(char) for char in text)


def _is_visible(char: str) -> bool:
    if char.isascii():
        return "!" <= char <= "~"
    if unicodedata.category(char) in _UNSEEN_CATEGORIES:
        return _VISIBLE_SIGNS.match(char) is not None
    return _BLANK_LETTERS.match(char) is None


def describe_unshowable(text: str) -> str:
    """What no network could carry and no database should hold, by its place; empty where there is none."""
    for number, line in enumerate(text.split("\n"), start=1):
        for place, char in enumerate(line, start=1):
            if not char.isprintable() and _is_control(char):
                facts = {"line": number, "place": place, "char": f"U+{ord(char):04X}"}
                return _("Line %(line)s, character %(place)s cannot be shown (%(char)s). Remove it.") % format_numbers(
                    facts
                )
    return ""


def _is_control(char: str) -> bool:
    return char != "\t" and (unicodedata.category(char) in ("Cc", "Cs") or _NONCHARACTERS.match(char) is not None)


def checked_note(note: str, most: int, *, field: str = "note") -> str:
    """A note that may be empty, without blanks around it. Raises Invalid (`field`)."""
    note = with_line_feeds(note)
    if len(note) > most:
        raise Invalid({field: [_("Write at most %s characters.") % format_number(most)]})
    if wrong := describe_unshowable(note):
        raise Invalid({field: [wrong]})
    if note.strip() and not has_visible_text(note):
        raise Invalid({field: [_("Write something first.")]})
    return note.strip()


class WrittenField(forms.CharField):
    """A box of a form; its limit counts line ends as they are kept."""

    def to_python(self, value: Any) -> str:
        return with_line_feeds(super().to_python(value) or "")
