"""The mutants of a module: what mutmut would change, in functions, without what only people read.

mutmut itself makes a copy of the project and starts its tests anew for each mutant, which here means a database each
time; cosmic-ray starts a process for each. So only the operators are mutmut's, and they see more than cosmic-ray's:
arguments that are left out are the conditions, flags and scopes that slips are made of.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper, ParentNodeProvider, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from tests.mutants.swapping import path_of

WORDS = {"_", "gettext", "ngettext", "pgettext", "cast"}  # what they are given is held by other guards, or by mypy
LOGS = {"log"}


@dataclass(frozen=True, slots=True)
class Mutant:
    module: str
    function: str  # qualified name
    line: int
    change: str  # "old → new", of the lines that differ
    source: str  # of the whole module
    key: str  # the same as long as its function is, wherever that stands

    @property
    def name(self) -> str:
        return f"{self.module}.{self.function}: {self.change}"


def mutants_of(module: str) -> Iterator[Mutant]:
    wrapper = MetadataWrapper(cst.parse_module(path_of(module).read_text()))
    before = wrapper.module.code.encode()
    lines, parents = wrapper.resolve(PositionProvider), wrapper.resolve(ParentNodeProvider)
    spans = wrapper.resolve(ByteSpanPositionProvider)
    seen: set[bytes] = {before}
    for node in parents:
        holds = holders(node, parents)
        if not holds or is_left_alone(node, parents):
            continue
        function = ".".join(one.name.value for one in holds)
        span, whole = spans[node], spans[holds[-1]]
        body = before[whole.start : whole.start + whole.length]
        for changed in changes(node):
            new = wrapper.module.code_for_node(changed).encode()
            source = before[: span.start] + new + before[span.start + span.length :]
            if source not in seen and is_python(source):
                seen.add(source)
                place = f"{module}.{function} {span.start - whole.start} ".encode()
                key = sha256(place + body + new).hexdigest()[:20]
                yield Mutant(module, function, lines[node].start.line, told(before, source), source.decode(), key)


def changes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for kind, operator in mutation_operators:
        for changed in operator(node) if isinstance(node, kind) else ():
            # the parentheses around a node stand outside its span
            bare = {"lpar": [], "rpar": []} if getattr(node, "lpar", ()) and hasattr(changed, "lpar") else {}
            yield changed.with_changes(**bare) if bare else changed


def is_python(source: bytes) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def holders(node: cst.CSTNode, parents: dict) -> list[cst.FunctionDef | cst.ClassDef]:
    """The outermost function around it, after the classes around that; empty outside, and in its head."""
    found: list[cst.FunctionDef | cst.ClassDef] = []
    while node in parents:
        parent = parents[node]
        if isinstance(parent, cst.FunctionDef):
            if node is not parent.body:
                return []
            found = [parent]
        elif isinstance(parent, cst.ClassDef) and found:
            found.insert(0, parent)
        node = parent
    return found


def is_left_alone(node: cst.CSTNode, parents: dict) -> bool:
    """Types, assertions, words for people and words for the log."""
    if isinstance(node, cst.BaseString) and " " in getattr(node, "value", " "):
        return True
    while node in parents:
        if isinstance(node, cst.Annotation | cst.Assert | cst.Decorator):
            return True
        if isinstance(node, cst.Call):
            name = node.func.value if isinstance(node.func, cst.Attribute) else node.func
            if isinstance(name, cst.Name) and name.value in (LOGS if name is not node.func else WORDS):
                return True
        node = parents[node]
    return False


def told(before: bytes, after: bytes) -> str:
    """The lines that differ."""
    old, new = before.decode().splitlines(), after.decode().splitlines()
    first = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), 0)
    last = next((at for at, (one, other) in enumerate(zip(old[::-1], new[::-1], strict=False)) if one != other), 0)
    pair = (" ".join(line.strip() for line in lines[first : len(lines) - last]) for lines in (old, new))
    return " → ".join(pair)
