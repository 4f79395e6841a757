"""How a post is said on one network: as one text, or as a thread of several, with files or a first comment. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

from networks.contract import Capabilities, Media

MOST_PARTS = 25
_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|\n")
_WORD = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with a text: which asset of ours, and as what it leaves."""

    asset: int
    media: Media


Files = tuple[Attached, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What one network gets."""

    texts: tuple[str, ...]
    comment: str = ""
    files: tuple[Files, ...] = ()  # those of each text, where there are any at all

    @property
    def parts(self) -> tuple[tuple[str, Files], ...]:
        """Each text with its files."""
        return tuple((text, self.files[at] if at < len(self.files) else ()) for at, text in enumerate(self.texts))

    @property
    def all(self) -> tuple[str, ...]:
        """In the order in which they leave, each beneath the one before."""
        return (*self.texts, self.comment) if self.comment else self.texts

    @property
    def leaving(self) -> tuple[tuple[str, Files], ...]:
        """The same with what goes with each. A comment takes no files."""
        return (*self.parts, (self.comment, ())) if self.comment else self.parts


def said(
    text: str,
    thread: Sequence[str],
    own: str | None,
    comment: str,
    capabilities: Capabilities,
    files: Sequence[Files] = (),
) -> Wording:
    """A network's own wording takes the place of the whole thread; where there are no threads the parts are one text.

    All `files`, which are given for each part, go with what is one text. A first comment goes where there are such.
    """
    beneath = comment if capabilities.first_comment and comment.strip() else ""
    texts = (own,) if own else (text, *thread)
    if own or not capabilities.threads:
        together = tuple(chain.from_iterable(files))
        return Wording(("\n\n".join(texts),), beneath, (together,) if together else ())
    return Wording(texts, beneath, tuple(files))


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
