"""Puts a changed function in the place of one that runs, and the old one back: no file is touched, nothing is loaded anew."""

import ast
import gc
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import _lru_cache_wrapper, cache
from pathlib import Path
from types import CodeType, FunctionType

from tests.source import ROOT


def path_of(module: str) -> Path:
    return ROOT.joinpath(*module.split(".")).with_suffix(".py")


def codes(code: CodeType) -> Iterator[CodeType]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const
            yield from codes(const)


@cache
def functions(module: str) -> dict[str, list[FunctionType]]:
    """Every function of the module that was made, by its qualified name: a decorator may hold it where no name leads."""
    importlib.import_module(module)
    found: dict[str, list[FunctionType]] = {}
    gc.unfreeze()
    for one in gc.get_objects():
        if type(one) is FunctionType and one.__module__ == module and one.__code__.co_filename.endswith(".py"):
            found.setdefault(one.__code__.co_qualname, []).append(one)
    return found


@cache
def caches(module: str) -> list[_lru_cache_wrapper]:
    """What the module remembers, which must hold nothing of a mutant, nor of what it takes the place of."""
    functions(module)
    return [one for one in gc.get_objects() if type(one) is _lru_cache_wrapper and one.__module__ == module]


@contextmanager
def swapped(module: str, qualname: str, tree: ast.Module) -> Iterator[bool]:
    """Runs the function as `tree`, a changed tree of its whole module, has it. False where nothing took it over."""
    compiled = compile(ast.fix_missing_locations(tree), str(path_of(module)), "exec")
    code = next((one for one in codes(compiled) if one.co_qualname == qualname), None)
    old: list[tuple[FunctionType, CodeType]] = []
    for function in functions(module).get(qualname, []):
        if code is not None and function.__code__.co_freevars == code.co_freevars:
            old.append((function, function.__code__))
            function.__code__ = code
    for remembered in caches(module):
        remembered.cache_clear()
    try:
        yield bool(old)
    finally:
        for function, before in old:
            function.__code__ = before
        for remembered in caches(module):
            remembered.cache_clear()
