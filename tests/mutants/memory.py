"""What earlier runs found, kept below .run/, so that another asks only what is not known yet."""

import ast
import fcntl
import json
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.mutants.swapping import ROOT, path_of


@cache
def hash_of(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else ""


@cache
def hashes_of(file: str) -> dict[str, str]:
    """{"Class::test_name": hash of that test and of all in its file that is no test}, so that another test beside it
    leaves alone what is known of it. Empty where there is no such file any more."""
    path = ROOT / file
    tree = ast.parse(path.read_text()) if path.exists() else ast.Module([], [])
    tests: dict[str, str] = {}
    places: list[tuple[str, Any]] = [("", tree)]
    for prefix, place in places:
        for one in [one for one in place.body if is_test(one)]:
            tests[prefix + one.name] = ast.dump(one)
            place.body.remove(one)
        places += [(f"{prefix}{one.name}::", one) for one in place.body if isinstance(one, ast.ClassDef)]
    rest = ast.dump(tree)
    return {name: sha256((rest + test).encode()).hexdigest()[:12] for name, test in tests.items()}


def is_test(one: ast.stmt) -> bool:
    return isinstance(one, ast.FunctionDef) and one.name.startswith("test_")


class Memory:
    """Which lines a test reaches, as long as it and every target are as they were; which test noticed a mutant, and
    which did not, as long as the mutated function and the test are."""

    def __init__(self, group: str, modules: tuple[str, ...], fresh: bool) -> None:
        self.path = ROOT / ".run" / "mutants" / f"{group}.json"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.targets = {module: hash_of(path_of(module)) for module in modules}
        if fresh:
            self.path.unlink(missing_ok=True)
        kept = self.read()
        self.tests: dict[str, Any] = kept.get("tests", {}) if kept.get("targets") == self.targets else {}
        self.noticed: dict[str, list[str]] = kept.get("noticed", {})
        self.missed: dict[str, list[str]] = kept.get("missed", {})  # marks
        self.unsure: set[str] = set()  # what was noticed by a test that failed anyhow

    def hash_of(self, test: str) -> str:
        file, _, name = test.partition("::")
        return hashes_of(file).get(name.partition("[")[0]) or hash_of(ROOT / file)

    def mark(self, test: str) -> str:
        return sha256(f"{test} {self.hash_of(test)}".encode()).hexdigest()[:10]

    def knows(self, item: pytest.Item) -> bool:
        known = self.tests.get(item.nodeid, {})
        return bool(known.get("passed")) and known["hash"] == self.hash_of(item.nodeid)

    def killer_of(self, key: str) -> str:
        test, known = self.noticed.get(key, ("", ""))
        return test if test and self.hash_of(test) == known else ""

    def keep(self, key: str, test: str) -> None:
        self.noticed[key] = [test, self.hash_of(test)]
        self.missed.pop(key, None)

    def asked_in_vain(self, key: str, tests: Iterable[str]) -> set[str]:
        marks = set(self.missed.get(key, ()))
        return {test for test in tests if self.mark(test) in marks} if marks else set()

    def keep_missed(self, key: str, tests: Iterable[str]) -> None:
        self.missed[key] = sorted({self.mark(test) for test in tests})

    def forget(self, key: str) -> None:
        del self.noticed[key]
        self.unsure.add(key)

    def read(self) -> dict[str, Any]:
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def write(self) -> None:
        """Beside what another run of the same group, over other modules, has found meanwhile."""
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            other = self.read()
            tests = other["tests"] | self.tests if other.get("targets") == self.targets else self.tests
            noticed = {
                key: one for key, one in other.get("noticed", {}).items() if key not in self.unsure
            } | self.noticed
            missed = {key: one for key, one in (other.get("missed", {}) | self.missed).items() if key not in noticed}
            kept = {"targets": self.targets, "tests": tests, "noticed": noticed, "missed": missed}
            self.path.write_text(json.dumps(kept))
