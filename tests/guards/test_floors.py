"""Imports only go down, siblings are blind to one another, and the lowest floor knows no app (DESIGN, section 2)."""

import ast
from collections.abc import Iterator

from tests.source import ROOT, packages, product_modules

FLOORS: dict[str, int] = {
    "foundation": 0,
    "organizations": 1,
    "networks": 2,
    "teams": 3,
    "publishing": 4,
    "inbox": 4,
    "listening": 4,
    "analytics": 5,
    "socialops": 6,
}


def floor_of(module: str) -> str | None:
    """The floor a module stands on; None for what is not ours."""
    return next((name for name in FLOORS if module == name or module.startswith(f"{name}.")), None)


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, module) of every import, those for the type checker alone left out."""
    for node in walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: write the whole name; relative imports hide the floor"
            yield node.lineno, node.module or ""


def walk(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from walk(child)


def test_imports_only_go_down() -> None:
    wrong = []
    for path, module in product_modules():
        here = floor_of(module)
        assert here is not None
        for line, imported in imports(ast.parse(path.read_text())):
            there = floor_of(imported)
            if there is None or there == here or FLOORS[there] < FLOORS[here]:
                continue
            way = "its sibling" if FLOORS[there] == FLOORS[here] else "upwards to"
            wrong.append(f"{path.relative_to(ROOT)}:{line}: {here} imports {way} {there} ({imported})")
    assert not wrong, (
        "\n".join(wrong) + "\nMove the code down to the lowest floor that needs it, or send a signal upwards:"
        " the floor below declares it in signals.py, the floor above listens in receivers.py."
    )


def test_every_app_has_a_floor() -> None:
    missing = set(packages()) - set(FLOORS)
    assert not missing, f"Give {missing} a floor in FLOORS here and in docs/adr/0001-floors.md."


def test_no_cupboards_for_everything() -> None:
    banned = {"services", "utils", "helpers", "managers", "common", "misc"}
    wrong = [
        str(path.relative_to(ROOT))
        for path, _ in product_modules()
        if path.stem in banned or path.parent.name in banned
    ]
    assert not wrong, f"{wrong}: name the module after what it does; CONTEXT.md and DESIGN section 3 have the words."


MOST_AT_A_ROOT = 15  # modules: more are a list, and a subject among them wants a folder (DESIGN, section 4)


def test_a_root_is_a_layout_and_no_list() -> None:
    counts = {name: len([*(ROOT / name).glob("[!_]*.py")]) for name in FLOORS}
    assert not {name: count for name, count in counts.items() if count > MOST_AT_A_ROOT}
