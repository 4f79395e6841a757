"""How a post is said on one network: as one text, or as a thread of several, with files or a first comment. Pure."""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain

from wcwidth import iter_graphemes

from foundation.texts.graphemes import first_grapheme_end, grapheme_boundary, joins_previous
from foundation.texts.written_text import has_visible_text, with_line_feeds
from networks.contract import Capabilities, Media

MOST_PARTS = 25
CONVERTED_TYPES = ("image/heic", "image/avif")  # converted, whatever the network
EXCESS_FACTOR = 16  # times the limit: nothing longer fits but where links weigh next to nothing
_PARAGRAPH = re.compile(r"\n\s*\n")
_CLOSING = r"[\"'”’»)\]]"  # what may stand behind a sentence's end, and goes with it
_SENTENCE = re.compile(rf"((?<=[.!?…])|(?<=[.!?…]{_CLOSING})|(?<=[.!?…]{_CLOSING}{{2}}))\s+|\n")
_WORD = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Original:
    """A picture as somebody brought it: its `file` in our storage, its own name and what it is. It leaves to nobody."""

    file: str
    name: str
    content_type: str
    bytes: int
    width: int  # as it is shown
    height: int


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that goes with a text: which asset of ours, and as what it leaves.

    `renditions` are copies for networks that do not take it so. The original of a video, and of what was brought before
    originals were kept, is not known.
    """

    asset: int
    media: Media
    renditions: tuple[Media, ...] = ()
    original: Original | None = None

    @property
    def converted_from(self) -> str:
        """HEIC; empty where it is kept in the format that it came in."""
        came = self.original.content_type if self.original else ""
        return came.partition("/")[2].upper() if came in CONVERTED_TYPES else ""

    def on(self, capabilities: Capabilities) -> "AttachedFile":
        """As a network gets it: the first of its forms that fits there. What does not fit at all stays as it is."""
        limit = capabilities.media.get(self.media.kind)
        forms = (one for one in (self.media, *self.renditions) if limit and limit.takes(one))
        return replace(self, media=replace(next(forms, self.media), alt_text=self.media.alt_text))


Files = tuple[AttachedFile, ...]


@dataclass(frozen=True, slots=True)
class VariantWording:
    """A network's own wording: its first text, and those its thread goes on with.

    None where its writer was not asked what becomes of the other parts of the thread, or has not answered.
    """

    text: str
    parts: tuple[str, ...] | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.text, *(self.parts or ()))

    @property
    def plain(self) -> "VariantWording":
        """The same with line feeds alone."""
        return VariantWording(
            with_line_feeds(self.text), None if self.parts is None else tuple(map(with_line_feeds, self.parts))
        )


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
    def all_with_files(self) -> tuple[tuple[str, Files], ...]:
        """The same with what goes with each. A comment takes no files."""
        return (*self.parts, (self.comment, ())) if self.comment else self.parts


def build_wording(
    text: str,
    thread: Sequence[str],
    own: VariantWording | None,
    comment: str,
    capabilities: Capabilities,
    files: Sequence[Files] = (),
) -> Wording:
    """A network's own wording takes the place of the whole thread; where there are no threads the parts are one text.

    Each file goes in the form that the network takes.

    All `files`, which are given for each part, go with what is one text, and with the last of own texts those of all
    parts that have none there. A first comment goes where there are such.
    """
    beneath = with_line_feeds(comment) if capabilities.first_comment and comment.strip() else ""
    texts = tuple(map(with_line_feeds, own.texts if own else (text, *thread)))
    if not capabilities.threads:
        texts = ("\n\n".join(filter(has_visible_text, texts)),)
    taken = [tuple(one.on(capabilities) for one in part) for part in files]
    return Wording(texts, beneath, distribute_files(taken, len(texts)))


def distribute_files(files: Sequence[Files], texts: int) -> tuple[Files, ...]:
    """Each part's files with the text in its place, and what is left with the last."""
    rest = tuple(chain.from_iterable(files[texts - 1 :]))
    found = (*files[: texts - 1], rest) if rest else tuple(files[: texts - 1])
    return found if any(found) else ()


def fitting_length(text: str, limit: int, measure: Callable[[str], int]) -> int:
    """How much of it the network would still take, up to a place where it may be cut.

    Found by doubling and halving: the network alone knows how it counts, and what is much too long is not counted.
    """
    if len(text) <= EXCESS_FACTOR * limit and measure(text) <= limit:
        return len(text)
    high = max(1, limit)
    while high < len(text) and measure(text[:high]) <= limit:
        high *= 2
    ends = list(accumulate(map(len, iter_graphemes(text[: 2 * high]))))
    fits = bisect_right(ends, limit, key=lambda end: measure(text[:end]))
    return grapheme_boundary(text, ends[fits - 1]) if fits else 0


def split_text(text: str, limit: int, measure: Callable[[str], int]) -> list[str]:
    """`text` in parts that fit, cut between paragraphs, or sentences, or words, never inside what is seen as one
    character. Nothing but white space is lost.

    What is left after MOST_PARTS stays together, too long, for its writer to see.
    """
    parts: list[str] = []
    rest = strip_start(text.rstrip())
    while rest and len(parts) < MOST_PARTS - 1:
        fits = fitting_length(rest, limit, measure)
        if fits == len(rest):
            break
        end, start = find_cut(rest, fits or first_grapheme_end(rest))
        parts.append(rest[:end].rstrip())
        rest = strip_start(rest[start:])
    return [*parts, rest] if rest else parts


def strip_start(text: str) -> str:
    """Without white space in front, but for what a mark stands on."""
    plain = text.lstrip()
    return text[-len(plain) - 1 :] if plain and joins_previous(plain[0]) else plain


def find_cut(text: str, fits: int) -> tuple[int, int]:
    """(where the part ends, where the next begins): the best place in the second half of what fits."""
    for white, least in ((_PARAGRAPH, fits // 3), (_SENTENCE, fits // 3), (_WORD, 1)):
        for found in reversed(list(white.finditer(text, 0, fits + 1))):
            end, start = found.span()
            if least <= end <= fits and start == grapheme_boundary(text, start) and end == grapheme_boundary(text, end):
                return end, start
    return fits, fits
