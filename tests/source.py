"""The product's own source, as tests that read it find it: no list of its packages that a new one could be missing in."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@cache
def packages() -> tuple[str, ...]:
    """The product's top folders of Python, in the order of their names."""
    return tuple(sorted(path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"))


def product_modules(tops: Iterable[str] = ()) -> Iterator[tuple[Path, str]]:
    """(file, dotted name) of every module but migrations, of these packages or of all."""
    for top in tops or packages():
        for path in sorted((ROOT / top).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ".".join(path.relative_to(ROOT).with_suffix("").parts)


def product_trees(tops: Iterable[str] = ()) -> Iterator[tuple[str, ast.Module]]:
    """(dotted name, its tree) of the same."""
    for path, module in product_modules(tops):
        yield module, ast.parse(path.read_text())
