"""What earlier runs found, kept below .run/, so that another asks only what is not known yet."""

import ast
import fcntl
import json
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeGuard

import pytest

from tests.mutants.swapping import ROOT, path_of


@cache
def hash_of(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else ""


@cache
def hashes_of(file: str) -> dict[str, str]:
    """{"Class::test_name": hash of that test and of what it uses of its file}, so that what is written beside it leaves
    alone what is known of it. Empty where there is no such file any more."""
    path = ROOT / file
    return hashes_in(path.read_text()) if path.exists() else {}


def hashes_in(source: str) -> dict[str, str]:
    found: dict[str, str] = {}
    tree = ast.parse(source)
    places: list[tuple[str, list[ast.stmt], dict[str, ast.stmt]]] = [("", tree.body, {})]
    for prefix, body, around in places:
        known = around | {name: one for one in body if not is_test(one) for name in names_of(one)}
        for one in body:
            if is_test(one):
                found[prefix + one.name] = hash_with_used(one, known)
            elif isinstance(one, ast.ClassDef):
                places.append((f"{prefix}{one.name}::", one.body, known))
    return found


def hash_with_used(test: ast.stmt, known: dict[str, ast.stmt]) -> str:
    """Of a test and all that it uses of `known`, directly or not; fixtures that nobody names are used by all."""
    parts, todo = {ast.dump(test)}, [test, *(one for one in known.values() if "autouse" in ast.dump(one))]
    todo += [known["pytestmark"]] if "pytestmark" in known else []
    for one in todo:
        used = [known[name] for name in words_of(one) & set(known) if ast.dump(known[name]) not in parts]
        parts |= {ast.dump(other) for other in (one, *used)}
        todo += used
    return sha256("".join(sorted(parts)).encode()).hexdigest()[:12]


def names_of(one: ast.stmt) -> list[str]:
    if isinstance(one, ast.FunctionDef | ast.ClassDef):
        return [] if any(map(is_test, getattr(one, "body", ()))) else [one.name]
    targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else []
    return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]


def words_of(one: ast.stmt) -> set[str]:
    """The names that stand in it, those of fixtures and of attributes too."""
    words: set[str] = set()
    for each in ast.walk(one):
        if isinstance(each, ast.Name):
            words.add(each.id)
        elif isinstance(each, ast.arg):
            words.add(each.arg)
        elif isinstance(each, ast.Attribute):
            words.add(each.attr)
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            words.add(each.value)
    return words


def is_test(one: ast.stmt) -> TypeGuard[ast.FunctionDef]:
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
        self.found: set[str] = set()  # by this run
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
        self.found.add(key)
        self.unsure.discard(key)
        self.missed.pop(key, None)

    def asked_in_vain(self, key: str, tests: Iterable[str]) -> set[str]:
        marks = set(self.missed.get(key, ()))
        return {test for test in tests if self.mark(test) in marks} if marks else set()

    def keep_missed(self, key: str, tests: Iterable[str]) -> None:
        self.missed[key] = sorted({self.mark(test) for test in tests})
        self.found.add(key)
        if key in self.noticed:  # by a test that is not the same any more
            self.forget(key)

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
            noticed = {key: one for key, one in other.get("noticed", {}).items() if key not in self.unsure}
            noticed |= {key: one for key, one in self.noticed.items() if key in self.found}
            missed = other.get("missed", {}) | {key: one for key, one in self.missed.items() if key in self.found}
            missed = {key: one for key, one in missed.items() if key not in noticed}
            kept = {"targets": self.targets, "tests": tests, "noticed": noticed, "missed": missed}
            self.path.write_text(json.dumps(kept))
