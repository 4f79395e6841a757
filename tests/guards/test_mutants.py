"""What `make mutants` is told to look at is there, and so is each line whose change it is told to pass over."""

import importlib.util
import re

import pytest

from tests.mutants.targets import GROUPS
from tests.source import ROOT, product_modules

SURVIVORS = [
    line
    for line in (ROOT / "tests/mutants/survivors.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize("group", GROUPS)
def test_targets_and_their_tests_are_there(group: str) -> None:
    named = GROUPS[group]
    assert not [module for module in named.modules if importlib.util.find_spec(module) is None]
    assert not [path for path in named.tests if not (ROOT / "tests" / path).exists()]


def test_survivors_stand_in_the_source() -> None:
    sources = {module: squeezed(path.read_text()) for path, module in product_modules()}
    gone = []
    for line in SURVIVORS:
        place, _colon, change = line.partition(": ")
        module = next(place[: dot.start()] for dot in re.finditer(r"\.", place) if place[: dot.start()] in sources)
        if squeezed(change.partition(" → ")[0]) not in sources[module]:
            gone.append(line)
    assert not gone, "Delete these lines, or write them as the code stands now."


def squeezed(code: str) -> str:
    """Without what a formatter may change."""
    return re.sub(r"\s+", "", code).replace(",)", ")")
