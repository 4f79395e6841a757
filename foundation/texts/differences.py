"""What two people made of one text: compared word by word, and merged where they changed different words. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORD = re.compile(r"\s*\S+|\s+\Z")
_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
MOST_PIECES = (
    1500  # to compare takes the square of it: of more words whole lines are compared, of more lines whole texts
)


@dataclass(frozen=True, slots=True)
class Bit:
    """A stretch of one text: "same" as the other, "new" in it, or "gone" from it."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Merged:
    text: str
    clashes: int  # places where both changed the same words; the first text's stand there


def changes(before: str, after: str) -> list[Bit]:
    """`after` with what became of `before` marked in it."""
    old, new = pieces(before, after)
    bits = []
    for tag, a1, a2, b1, b2 in matched(old, new).get_opcodes():
        if tag == "equal":
            bits.append(Bit("same", "".join(new[b1:b2])))
            continue
        if a2 > a1:
            bits.append(Bit("gone", "".join(old[a1:a2])))
        if b2 > b1:
            bits.append(Bit("new", "".join(new[b1:b2])))
    return bits


def merge(base: str, mine: str, theirs: str) -> Merged:
    """`base` with both changes; where they touch the same words, `mine`."""
    if mine == theirs or theirs == base:
        return Merged(mine, 0)
    if mine == base:
        return Merged(theirs, 0)
    found, clashes = [], 0
    parts = pieces(base, mine, theirs)
    for old, one, other in regions(*parts):
        if one != other and old not in (one, other):
            clashes += 1
        found += other if one == old else one
    return Merged("".join(found), clashes)


def regions(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[tuple[list[str], ...]]:
    """The three texts in step: stretches that neither changed, and between them those that somebody did."""
    at = (0, 0, 0)
    for start, size, in_mine, in_theirs in [*kept_by_both(base, mine, theirs), (len(base), 0, len(mine), len(theirs))]:
        yield base[at[0] : start], mine[at[1] : in_mine], theirs[at[2] : in_theirs]
        same = base[start : start + size]
        yield same, same, same
        at = (start + size, in_mine + size, in_theirs + size)


def kept_by_both(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """(where in `base`, how much, where in `mine`, where in `theirs`)"""
    others = matched(base, theirs).get_matching_blocks()
    for a, in_mine, size in matched(base, mine).get_matching_blocks():
        for b, in_theirs, other in others:
            start, end = max(a, b), min(a + size, b + other)
            if start < end:
                yield start, end - start, in_mine + start - a, in_theirs + start - b


def matched(old: Sequence[str], new: Sequence[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, old, new, autojunk=False)


def pieces(*texts: str) -> list[list[str]]:
    """Words, each with the space before it; lines of what is long, and the whole of what is endless."""
    for piece in (_WORD, _LINE):
        found = [piece.findall(text) for text in texts]
        if max(map(len, found)) <= MOST_PIECES:
            return found
    return [[text] for text in texts]
