"""What may be written: one judgement for composer, API and the moment of scheduling. Pure."""

import unicodedata
from collections.abc import Callable

from django.utils.translation import gettext as _

from networks.contract import Capabilities

LONGEST = 10_000  # characters, whatever the network; more is a mistake or an attack
_WHITE = frozenset("\n\r\t")


def unreadable(text: str) -> list[str]:
    """What no network could carry and no database should hold."""
    if len(text) > LONGEST:
        return [_("Write at most %(most)d characters.") % {"most": LONGEST}]
    if any(_is_control(char) for char in text):
        return [_("The text holds characters that cannot be shown. Remove them, or type it anew.")]
    return []


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") and char not in _WHITE


def validate(text: str, capabilities: Capabilities, measure: Callable[[str], int]) -> list[str]:
    """The reasons why one network would not take `text`, in words for people; empty when it would."""
    wrong = unreadable(text)
    if wrong:
        return wrong
    if not text.strip():
        return [_("Write something first.")]
    length = measure(text)
    if length > capabilities.text_limit:
        facts = {"limit": capabilities.text_limit, "length": length, "over": length - capabilities.text_limit}
        return [_("%(over)d too many: %(length)d of %(limit)d characters.") % facts]
    return []
