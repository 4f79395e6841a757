"""Identifiers use the field's words (DESIGN, rule 18): prose may have charm, names may not."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.source import ROOT, product_modules

BANNED = frozenset(
    "spelt spell told tell tells say says said bring brings brought dress dressed dresses mood moods judge judged"
    " wish wishes placing gathered walked unsaid stood".split()
)
# {(file, name): why it stays}
EXCEPTIONS = {
    ("networks/models/fallback.py", "told"): "a column, and a variable of its rows",
    ("networks/models/outgoing.py", "bring_at"): "a column",
    ("networks/tasks.py", "bring_files"): "a task's name, which older processes may still ask for",
    ("publishing/actions/fallback_plans.py", "told"): "as the column, and the field of the form",
    ("publishing/planning/fallback_forms.py", "told"): "as the column",
    ("publishing/media/byte_ranges.py", "tell"): "what files have",
    ("publishing/shapes.py", "says"): "a field of a REST answer",
}


def names_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, name) of all that the source names itself."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name


def is_banned(name: str) -> bool:
    return not BANNED.isdisjoint(re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().split("_"))


def test_names_are_plain() -> None:
    found = {
        (str(path.relative_to(ROOT)), name): line
        for path, _module in product_modules()
        for line, name in names_in(ast.parse(path.read_text()))
        if is_banned(name)
    }
    wrong = [f"{path}:{line}: {name}" for (path, name), line in found.items() if (path, name) not in EXCEPTIONS]
    assert not wrong, "\n".join(wrong) + "\nSay what it is or does: format, notify, message, upload, attach, intent …"
    assert not set(EXCEPTIONS) - set(found), "these are gone: delete the exceptions"


@pytest.mark.parametrize(
    "source", ["def spelt(n): ...", "said = 1", "class ToldBy: ...", "def f(mood): ...", "a.dressed = 1"]
)
def test_an_offence_is_found(source: str) -> None:
    assert [name for _line, name in names_in(ast.parse(source)) if is_banned(name)]
