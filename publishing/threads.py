"""How a post is said on one network: as one text, or as a thread of several, with or without a first comment. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from networks.contract import Capabilities

MOST_PARTS = 25
_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|\n")
_WORD = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Wording:
    """What one network gets."""

    texts: tuple[str, ...]
    comment: str = ""

    @property
    def all(self) -> tuple[str, ...]:
        """In the order in which they leave, each beneath the one before."""
        return (*self.texts, self.comment) if self.comment else self.texts


def said(text: str, thread: Sequence[str], own: str | None, comment: str, capabilities: Capabilities) -> Wording:
    """A network's own wording takes the place of the whole thread; where there are no threads the parts are one text.

    A first comment goes only where there are such.
    """
    beneath = comment if capabilities.first_comment and comment.strip() else ""
    if own:
        return Wording((own,), beneath)
    texts = (text, *thread)
    return Wording(texts if capabilities.threads else ("\n\n".join(texts),), beneath)


def fitting(text: str, limit: int, measure: Callable[[str], int]) -> int:
    """How many characters the network would still take, found by halving: it alone knows how it counts."""
    if measure(text) <= limit:
        return len(text)
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) <= limit else (low, middle - 1)
    return low


def split(text: str, limit: int, measure: Callable[[str], int]) -> list[str]:
    """`text` in parts that fit, cut between paragraphs, or sentences, or words. Nothing but white space is lost.

    What is left after MOST_PARTS stays together, too long, for its writer to see.
    """
    parts: list[str] = []
    rest = text.strip()
    while rest and len(parts) < MOST_PARTS - 1:
        fits = fitting(rest, limit, measure)
        if fits == len(rest):
            break
        end, start = cut(rest, max(1, fits))
        parts.append(rest[:end].rstrip())
        rest = rest[start:].lstrip()
    return [*parts, rest] if rest else parts


def cut(text: str, fits: int) -> tuple[int, int]:
    """(where the part ends, where the next begins): the best place in the second half of what fits."""
    for boundary, least in ((_PARAGRAPH, fits // 3), (_SENTENCE, fits // 3), (_WORD, 1)):
        places = [found.span() for found in boundary.finditer(text, 0, fits + 1) if least <= found.start() <= fits]
        if places:
            return places[-1]
    return fits, fits
