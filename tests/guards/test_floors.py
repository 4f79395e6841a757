"""Imports only go down, siblings are blind to one another, and the lowest floor knows no app (DESIGN, section 2)."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

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


def imported_at_once(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """What a module needs before it is there itself: not what its functions import, nor what only types need."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.Try):
            yield from imported_at_once([*node.body, *node.orelse, *node.finalbody])
        elif isinstance(node, ast.If):
            yield from imported_at_once(node.orelse if "TYPE_CHECKING" in ast.unparse(node.test) else node.body)


def needs_of(body: list[ast.stmt], modules: set[str]) -> set[str]:
    found = set()
    for node in imported_at_once(body):
        found.update(name.name for name in node.names)
        if isinstance(node, ast.ImportFrom):
            found.update({node.module or "", *(f"{node.module}.{name.name}" for name in node.names)})
    return found & modules


def circle_in(graph: dict[str, set[str]]) -> list[str]:
    """Modules that need one another, the first once more at the end; nothing where all have an order."""
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


def test_nothing_goes_round_in_circles() -> None:
    trees = {module.removesuffix(".__init__"): ast.parse(path.read_text()).body for path, module in product_modules()}
    circle = circle_in({module: needs_of(body, set(trees)) - {module} for module, body in trees.items()})
    assert not circle, " → ".join(circle)


def test_a_circle_is_found() -> None:
    sources = {"a": "from b import c", "b": "import d", "d": "if True:\n    import a"}
    bodies = {name: ast.parse(source).body for name, source in sources.items()}
    assert circle_in({name: needs_of(body, set(bodies)) for name, body in bodies.items()})
    bodies["d"] = ast.parse("def later():\n    import a").body
    assert not circle_in({name: needs_of(body, set(bodies)) for name, body in bodies.items()})


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
