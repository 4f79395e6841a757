"""What earlier runs found, kept below .run/, so that another asks only what is not known yet."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.mutants.swapping import ROOT, path_of


def hash_of(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else ""


class Memory:
    """Which lines a test reaches, as long as its file and every target are as they were, and which test noticed a
    mutant, as long as the mutated function and the test's file are."""

    def __init__(self, group: str, modules: tuple[str, ...], fresh: bool) -> None:
        self.path = ROOT / ".run" / "mutants" / f"{group}.json"
        kept = json.loads(self.path.read_text()) if self.path.exists() and not fresh else {}
        self.targets = {module: hash_of(path_of(module)) for module in modules}
        self.files: dict[str, str] = {}
        self.tests: dict[str, Any] = kept.get("tests", {}) if kept.get("targets") == self.targets else {}
        self.noticed: dict[str, list[str]] = kept.get("noticed", {})

    def file_of(self, test: str) -> str:
        name = test.partition("::")[0]
        if name not in self.files:
            self.files[name] = hash_of(ROOT / name)
        return self.files[name]

    def knows(self, item: pytest.Item) -> bool:
        return self.tests.get(item.nodeid, {}).get("file") == self.file_of(item.nodeid)

    def killer_of(self, key: str) -> str:
        test, file = self.noticed.get(key, ("", ""))
        return test if test and self.file_of(test) == file else ""

    def keep(self, key: str, test: str) -> None:
        self.noticed[key] = [test, self.file_of(test)]

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        kept = {"targets": self.targets, "tests": self.tests, "noticed": self.noticed}
        self.path.write_text(json.dumps(kept))
