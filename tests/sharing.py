"""Several runs side by side share what needs no processes: each takes the next file that nobody has taken.

    pytest -p tests.sharing --own=stack --taken=FOLDER

first runs what is marked `stack` (or `browser`, or nothing of both), then takes files until none is left; which are
taken stands in FOLDER, that all runs share.
"""

import itertools
import os
from collections.abc import Iterator
from itertools import chain, groupby
from pathlib import Path

import pytest

MARKS = ("browser", "stack")  # what is marked both is the browser's
LONGEST_FIRST = ("tests/guards/",)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--own", default="", help="the mark of what this run alone does")
    parser.addoption("--taken", required=True, help="the folder in which is noted what has been taken")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Sharing(config.getoption("--own"), Path(config.getoption("--taken"))))


class Sharing:
    def __init__(self, own: str, taken: Path) -> None:
        self.own = own
        self.taken = taken
        self.alone: list[pytest.Item] = []
        self.shared: list[pytest.Item] = []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        self.alone = [item for item in items if mark_of(item) and mark_of(item) == self.own]
        self.shared = [item for item in items if not mark_of(item)]
        others = [item for item in items if mark_of(item) not in ("", self.own)]
        items[:] = [*self.alone, *self.shared]
        config.hook.pytest_deselected(items=others)

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if session.config.option.collectonly:
            return None
        for item, following in itertools.pairwise(chain(self.alone, self.takings(), (None,))):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
        return True

    def takings(self) -> Iterator[pytest.Item]:
        """A file's tests, then the next file's. What leaves rows behind, or none, comes last: the cast stands until then."""
        together = sorted(self.shared, key=lambda item: (is_committing(item), file_of(item)))
        files = [[*tests] for _file, tests in groupby(together, key=lambda item: (is_committing(item), file_of(item)))]
        files.sort(
            key=lambda tests: (is_committing(tests[0]), not file_of(tests[0]).startswith(LONGEST_FIRST), -len(tests))
        )
        for tests in files:
            if self.takes(file_of(tests[0]) + ("?commits" if is_committing(tests[0]) else "")):
                yield from tests

    def takes(self, name: str) -> bool:
        try:
            os.close(os.open(self.taken / name.replace("/", "|"), os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True


def mark_of(item: pytest.Item) -> str:
    return next((mark for mark in MARKS if item.get_closest_marker(mark)), "")


def file_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def is_committing(item: pytest.Item) -> bool:
    """Whether it leaves rows behind (tests/few.py), or empties the tables after itself, as pytest-django does."""
    mark = item.get_closest_marker("django_db")
    return "transactional_db" in item.fixturenames or bool(mark and mark.kwargs.get("transaction"))  # type: ignore[attr-defined]
