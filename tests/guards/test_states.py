"""`move` and `move_all` of foundation/states.py are the only writers of state columns: they alone ask the machine first."""

import ast
from collections.abc import Iterator

import pytest

from tests.source import product_trees

WRITER = "foundation.states"


def state_writes(tree: ast.AST) -> Iterator[int]:
    """Lines that give a row another state: by hand, in an update, or in SQL."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "state" and isinstance(node.ctx, ast.Store):
            yield node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if (node.func.attr in ("update", "aupdate") and any(one.arg == "state" for one in node.keywords)) or (
                node.func.attr == "bulk_update" and "'state'" in ast.unparse(node)
            ):
                yield node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "SET state" in node.value:
            yield node.lineno


def test_nobody_else_writes_a_state() -> None:
    wrong = [f"{module}:{line}" for module, tree in product_trees() if module != WRITER for line in state_writes(tree)]
    assert not wrong, f"{wrong}: name the event and let foundation.states.move ask the machine."


@pytest.mark.parametrize(
    "source",
    [
        "post.state = 'sent'",
        "Post.objects.filter(pk=1).update(state='sent')",
        "Post.objects.bulk_update(posts, ['state'])",
        "cursor.execute('UPDATE publishing_post SET state = 1')",
    ],
)
def test_an_offence_is_found(source: str) -> None:
    assert list(state_writes(ast.parse(source)))
