"""How X counts: a text is worth its weighted length, not its number of characters.

Source: the published counting rules and configuration 3 of twitter-text. Limit 280; a character weighs 1 in four
ranges and 2 elsewhere; any emoji sequence weighs 2; any link weighs 23. Text is in NFC before it is counted.
"""

import re
import unicodedata

from networks.adapters.x.link_detection import find_links

TEXT_LIMIT = 280
LINK_WEIGHT = 23
EMOJI_WEIGHT = 2
_LIGHT_RANGES = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))

_PICTOGRAPH = (
    r"[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u2300-\u23ff"
    r"\u3030\u303d\u3297\u3299\u203c\u2049]"
)
_SKIN_TONE = r"[\U0001f3fb-\U0001f3ff]"
_EMOJI_PART = rf"{_PICTOGRAPH}(?:\ufe0f|{_SKIN_TONE})*"
_EMOJI = re.compile(
    r"[#*0-9]\ufe0f?\u20e3|[#*0-9\u00a9\u00ae\u2122]\ufe0f"  # keycaps, and characters shown as pictures on demand
    r"|[\U0001f1e6-\U0001f1ff]{2}"  # flags of countries
    r"|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"  # flags of regions
    rf"|{_EMOJI_PART}(?:\u200d{_EMOJI_PART})*"  # joined ones, such as families
)


def weighted_length(text: str) -> int:
    """The length of `text` as X counts it."""
    text = unicodedata.normalize("NFC", text)
    total = position = 0
    for start, end in find_links(text):
        total += _plain_length(text[position:start]) + LINK_WEIGHT
        position = end
    return total + _plain_length(text[position:])


def _plain_length(text: str) -> int:
    pictures, rest = 0, text
    if not text.isascii():
        rest, pictures = _EMOJI.subn("", text)
    return pictures * EMOJI_WEIGHT + sum(1 if _is_light(ord(char)) else 2 for char in rest)


def _is_light(point: int) -> bool:
    return any(low <= point <= high for low, high in _LIGHT_RANGES)
