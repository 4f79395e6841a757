"""What keeps a checker from looking at a line says why, on that line."""

import re

import pytest

from tests.source import ROOT, product_modules

UNEXPLAINED = re.compile(r"# (noqa|type: ignore)(: ?[A-Z0-9, ]+|\[[a-z, -]+\])?\s*$")


def test_every_exception_has_its_reason() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path, _module in product_modules()
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if UNEXPLAINED.search(line)
    ]
    assert not wrong, "Say why behind it, or let it go:\n" + "\n".join(wrong)


@pytest.mark.parametrize("line", ["x = 1  # noqa", "x = 1  # noqa: S101", "x = 1  # type: ignore[attr-defined]"])
def test_an_offence_is_found(line: str) -> None:
    assert UNEXPLAINED.search(line)
    assert not UNEXPLAINED.search(f"{line}  # an id, and no password")
