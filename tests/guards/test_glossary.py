"""CONTEXT.md holds each word once, so that nobody reads half of what it means."""

import re
from collections import Counter

from tests.stack import BASE_DIR

ROW = re.compile(r"^\| \*\*(?P<words>[^|]+)\*\*", re.MULTILINE)


def defined(text: str) -> Counter[str]:
    rows = (row["words"] for row in ROW.finditer(text))
    return Counter(word.strip(" *").casefold() for row in rows for word in re.split(r" / |\*\* = ", row))


def test_each_word_is_defined_once() -> None:
    found = defined((BASE_DIR / "CONTEXT.md").read_text())
    assert len(found) > 40
    twice = [word for word, count in found.items() if count > 1]
    assert not twice, f"CONTEXT.md defines {twice} twice: make one of both."


def test_it_notices_a_word_that_stands_twice() -> None:
    assert defined("| **Pause** | a | b |\n| **Claim / Pause** | c | d |")["pause"] == 2
