"""Where the product keeps two apart, read from its source: row locks, advisory locks and compare-and-swap updates."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from tests.source import product_modules

IN_SQL = re.compile(r"\bpg_(try_)?advisory_(xact_)?lock\b|\bFOR (NO KEY )?UPDATE\b")
IN_SOURCE = re.compile(IN_SQL.pattern + r"|select_for_update|\.update\(")

OTHERS = {"networks.outbox.circuits.lock_circuit": "lock"}  # an upsert, which locks what it finds


@cache
def locks() -> dict[str, str]:
    """{"inbox.intake.intake_lock.lock_intake": "lock"}: by the function that takes it, "…#2" for the second in a function, and
    whether it is a "lock", or an update whose count is looked at: a "swap"."""
    found: dict[str, str] = {}
    for path, module in product_modules():
        text = path.read_text()
        if not IN_SOURCE.search(text):
            continue
        times = Counter()
        for name, kind in in_module(ast.parse(text)):
            times[name] += 1
            number = f"#{times[name]}" if times[name] > 1 else ""
            found[f"{module}.{name}{number}"] = kind
    return found | OTHERS


def in_module(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(function, kind) in the order of the source; a constant stands for itself."""
    for place, node in placed(tree, ""):
        if kind := kind_of(node):
            yield place, kind


def placed(tree: ast.AST, place: str) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.iter_child_nodes(tree):
        inner = place
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            inner = f"{place}.{node.name}" if place else node.name
        elif isinstance(node, ast.Assign) and not place and isinstance(node.targets[0], ast.Name):
            inner = node.targets[0].id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a docstring
        elif isinstance(node, ast.Expr) and called(node.value) == "update":
            node.value.func.attr = ""  # nobody looks at its count
        yield inner, node
        yield from placed(node, inner)


def called(node: ast.AST) -> str:
    return node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""


def kind_of(node: ast.AST) -> str:
    if called(node) == "select_for_update":
        return "lock"
    if called(node) == "update" and node.keywords and not node.args:
        return "swap"
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and IN_SQL.search(node.value):
        return "lock"
    return ""
