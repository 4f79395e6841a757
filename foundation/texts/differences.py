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
class DiffPiece:
    """A stretch of one text: "same" as the other, "new" in it, or "gone" from it."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class MergedText:
    text: str
    clashes: int  # places where both changed the same words; the first text's stand there


def diff_texts(before: str, after: str) -> list[DiffPiece]:
    """`after` with what became of `before` marked in it."""
    old, new = split_pieces(before, after)
    bits = []
    for tag, a1, a2, b1, b2 in sequence_matcher(old, new).get_opcodes():
        if tag == "equal":
            bits.append(DiffPiece("same", "".join(new[b1:b2])))
            continue
        if a2 > a1:
            bits.append(DiffPiece("gone", "".join(old[a1:a2])))
        if b2 > b1:
            bits.append(DiffPiece("new", "".join(new[b1:b2])))
    return bits


def merge_texts(base: str, mine: str, theirs: str) -> MergedText:
    """`base` with both changes; where they touch the same words, `mine`."""
    if mine == theirs or theirs == base:
        return MergedText(mine, 0)
    if mine == base:
        return MergedText(theirs, 0)
    found, clashes = [], 0
    parts = split_pieces(base, mine, theirs)
    for old, one, other in merge_regions(*parts):
        if one != other and old not in (one, other):
            clashes += 1
        found += other if one == old else one
    return MergedText("".join(found), clashes)


def merge_regions(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[tuple[list[str], ...]]:
    """The three texts in step: stretches that neither changed, and between them those that somebody did."""
    at = (0, 0, 0)
    for start, size, in_mine, in_theirs in [
        *unchanged_spans(base, mine, theirs),
        (len(base), 0, len(mine), len(theirs)),
    ]:
        yield base[at[0] : start], mine[at[1] : in_mine], theirs[at[2] : in_theirs]
        same = base[start : start + size]
        yield same, same, same
        at = (start + size, in_mine + size, in_theirs + size)


def unchanged_spans(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """(where in `base`, how much, where in `mine`, where in `theirs`)"""
    others = sequence_matcher(base, theirs).get_matching_blocks()
    for a, in_mine, size in sequence_matcher(base, mine).get_matching_blocks():
        for b, in_theirs, other in others:
            start, end = max(a, b), min(a + size, b + other)
            if start < end:
                yield start, end - start, in_mine + start - a, in_theirs + start - b


def sequence_matcher(old: Sequence[str], new: Sequence[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, old, new, autojunk=False)


def split_pieces(*texts: str) -> list[list[str]]:
    """Words, each with the space before it; lines of what is long, and the whole of what is endless."""
    for piece in (_WORD, _LINE):
        found = [piece.findall(text) for text in texts]
        if max(map(len, found)) <= MOST_PIECES:
            return found
    return [[text] for text in texts]
