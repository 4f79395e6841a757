"""Runs that share the tests run each of them, and none twice."""

from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace

from tests.sharing import Sharing


@dataclass(frozen=True, eq=False)
class Item:
    nodeid: str
    fixturenames: tuple[str, ...] = ()
    marks: dict[str, object] = field(default_factory=dict)

    def get_closest_marker(self, name: str) -> object:
        return self.marks.get(name)


COMMITS = {"django_db": SimpleNamespace(kwargs={"transaction": True})}


def test_each_test_is_run_once_in_whatever_order_they_were_collected(tmp_path: Path) -> None:
    """As pytest-django sorts them: what uses the database, what commits, what uses none; so a file is in three pieces."""
    kinds = (("db",), {}), (("few", "transactional_db"), {}), ((), COMMITS), ((), {})
    items = [Item(f"tests/test_{name}.py::test_{n}", *kind) for n, kind in enumerate(kinds) for name in "abc"]
    runs = [Sharing("", tmp_path), Sharing("", tmp_path)]
    for run in runs:
        run.shared = list(items)  # type: ignore[arg-type]  # all that is asked of an item
    taken = [one.nodeid for both in zip_longest(*(run.takings() for run in runs)) for one in both if one]
    assert sorted(taken) == sorted(item.nodeid for item in items)


def test_what_commits_comes_last(tmp_path: Path) -> None:
    run = Sharing("", tmp_path)
    run.shared = [Item("tests/test_a.py::test_1", (), COMMITS), Item("tests/test_a.py::test_2", ("db",))]  # type: ignore[list-item]  # as above
    assert [one.nodeid[-1] for one in run.takings()] == ["2", "1"]
