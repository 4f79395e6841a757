"""`python -m tests.mutants.unlocking`: takes every lock of the product away, one at a time, and says which tests notice.

A test is asked for a lock when it names it. The statement keeps its words and loses its effect, so that whoever stops
behind it still does: it is the loss that must be noticed, not the place that is gone.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from _pytest.runner import runtestprotocol

from tests.locks import OTHERS, called, kind_of, locks
from tests.mutants.swapping import path_of, swapped

KEEPS_WORDS = ast.parse("_.extra(where=[\"'FOR UPDATE' <> ''\"])", mode="eval").body
XACT = re.compile(r"pg_advisory_xact_lock\((.*?)\)")


class Unlock(ast.NodeTransformer):
    """Takes the `number`th lock of a function away."""

    def __init__(self, function: str, number: int, kind: str) -> None:
        self.function, self.number, self.kind = function, number, kind
        self.place: list[str] = []
        self.left = number

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.place.append(node.name)
        if ".".join(self.place) == self.function and self.kind == "lock" and self.number == 0:
            node = Ignoring().visit(node)
        elif ".".join(self.place) == self.function:
            node = Bare(self.number).visit(node) if self.kind == "lock" else Blind().visit(node)
        else:
            self.generic_visit(node)
        self.place.pop()
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.place.append(node.name)
        self.generic_visit(node)
        self.place.pop()
        return node


class Bare(ast.NodeTransformer):
    """Without a row lock, or an advisory one."""

    def __init__(self, number: int) -> None:
        self.left = number

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if kind_of(node) == "lock":
            self.left -= 1
            if self.left == 0:
                return super().generic_visit(without_lock(node))
        return super().generic_visit(node)

    visit_Constant = generic_visit


def without_lock(node: ast.AST) -> ast.AST:
    if called(node) == "select_for_update":
        return ast.Call(ast.Attribute(node.func.value, "extra", ast.Load()), KEEPS_WORDS.args, KEEPS_WORDS.keywords)
    text = XACT.sub(r"'pg_advisory', \1", node.value)
    text = text.replace("pg_try_advisory_lock(%s)", "'pg_try_advisory' <> %s::text")
    return ast.Constant(text.replace("pg_try_advisory_lock", "'pg_try_advisory' <> concat"))


class Ignoring(ast.NodeTransformer):
    """An upsert that leaves alone what it finds."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if called(node) == "bulk_create":
            return ast.Call(node.func, node.args, [ast.keyword("ignore_conflicts", ast.Constant(True))])
        return node


class Blind(ast.NodeTransformer):
    """Of what is compared only the key is left."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if called(node) == "exclude":
            return node.func.value
        if called(node) == "filter":
            kept = [one for one in node.keywords if one.arg in ("pk", "pk__in", "member", "after", "email", "digest")]
            return ast.Call(node.func, [], kept)
        return node


@contextmanager
def unlocked(lock: str) -> Iterator[bool]:
    if lock.endswith(".NEXT_ROW"):
        from foundation.database.prepared_statements import PreparedStatement
        from networks.outbox import lanes

        sql = lanes.NEXT_ROW_SQL.replace("FOR NO KEY UPDATE OF o, p SKIP LOCKED", "")
        old, lanes.TAKE_NEXT = lanes.TAKE_NEXT, PreparedStatement("outbox_next_bare", sql, lanes.TAKE_NEXT.types)
        yield True
        lanes.TAKE_NEXT = old
        return
    name, _, number = lock.partition("#")
    module = name
    while not path_of(module).exists():
        module = module.rpartition(".")[0]
    function = name[len(module) + 1 :]
    tree = ast.parse(path_of(module).read_text())
    before = ast.dump(tree)
    tree = Unlock(function, 0 if lock in OTHERS else int(number or 1), locks()[lock]).visit(tree)
    assert ast.dump(tree) != before, lock
    with swapped(module, function, tree) as done:
        yield done


class Asks:
    """Instead of running the tests, runs those of each lock while it is away."""

    def __init__(self, only: str) -> None:
        self.only, self.failed, self.ends = only, False, Counter()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if named(item)]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed
        if report.failed:
            self.why = str(report.longrepr).strip().splitlines()[-1]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for lock in locks():
            items = [item for item in session.items if lock in named(item)]
            if self.only not in lock:
                continue
            if not items:
                self.say("no test", lock)
                continue
            broken = [one for one in items if self.run(one, session)]
            with unlocked(lock) as done:
                notice = [self.run(one, session) for one in items] if done else []
            if broken:
                self.say("FAILS ANYHOW", lock)
            else:
                self.say("noticed" if any(notice) else "UNNOTICED" if done else "NOT SWAPPED", lock)
        print(dict(self.ends))
        return True

    def run(self, item: pytest.Item, session: pytest.Session) -> bool:
        elsewhere = [one for one in session.items if one.path.parent != item.path.parent]
        other = next(iter(elsewhere or [one for one in session.items if one is not item]), None)
        self.failed = False
        for report in runtestprotocol(item, nextitem=other, log=False):
            self.pytest_runtest_logreport(report)
        return self.failed

    def say(self, end: str, lock: str) -> None:
        self.ends[end] += 1
        print(f"{end:14}{lock}{'   ' + self.why[:150] if end in ('noticed', 'FAILS ANYHOW') else ''}", flush=True)


def named(item: pytest.Item) -> set[str]:
    """The locks that the test's own words name."""
    code = getattr(item, "function", None)
    words = set(code.__code__.co_consts) if code else set()
    given = getattr(item, "callspec", None)
    return {one for one in (*words, *(given.params.values() if given else ())) if isinstance(one, str)} & set(locks())


if __name__ == "__main__":
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    where = sys.argv[2:] or [
        str(path) for path in sorted((path_of("tests").parent / "tests").rglob("test_overlaps.py"))
    ]
    sys.exit(pytest.main(["-s", "-p", "no:cacheprovider", *where], plugins=[Asks(only)]))
