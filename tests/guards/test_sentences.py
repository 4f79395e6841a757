"""Whatever the audit log can say, the activity feed says in a sentence: no verb is recorded without one."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property

from socialops.overview.activity_feed import OPEN_VERBS
from socialops.overview.activity_words import ACTIVITY_SENTENCES, SPECIAL_FORMATS
from tests.guards.test_audit import RECORD, names_in
from tests.source import product_trees

VERB = 1  # where `audit.record` takes the verb: (actor, verb, target, change)
HOLES = {"{pause.scope}": ("organization", "team", "profile")}  # what may stand in an f-string


@dataclass
class Found:
    verbs: dict[str, str] = field(default_factory=dict)  # verb: one place that records it
    unclear: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Function:
    name: str
    node: ast.FunctionDef
    names: dict[str, str]

    @property
    def parameters(self) -> list[str]:
        return [one.arg for one in (*self.node.args.posonlyargs, *self.node.args.args)]

    @cached_property
    def calls(self) -> list[tuple[str, ast.Call]]:
        found = []
        for node in ast.walk(self.node):
            if isinstance(node, ast.Call):
                head, _dot, rest = ast.unparse(node.func).partition(".")
                found.append((self.names.get(head, head) + _dot + rest, node))
        return found

    def values_of(self, expression: ast.expr) -> Iterator[ast.expr]:
        """What the expression may be, as far as the function itself says."""
        if isinstance(expression, ast.IfExp):
            yield from self.values_of(expression.body)
            yield from self.values_of(expression.orelse)
        elif isinstance(expression, ast.Name) and expression.id not in self.parameters:
            for node in ast.walk(self.node):
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == expression.id:
                    yield from self.values_of(node.value)
        else:
            yield expression


def functions() -> list[Function]:
    return [
        Function(f"{module}.{node.name}", node, names_in(module, tree))
        for module, tree in product_trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    ]


@cache
def recorded() -> Found:
    """Every verb that reaches `audit.record`, through however many functions that hand it on."""
    found, every = Found(), functions()
    recorders, looked = {RECORD: VERB}, set()
    while fresh := set(recorders) - looked:
        looked |= fresh
        for function in every:
            for name, call in function.calls:
                if name in fresh:
                    note(found, recorders, function, argument(call, recorders[name]))
    return found


def argument(call: ast.Call, position: int) -> ast.expr:
    named = [one.value for one in call.keywords if one.arg == "verb"]
    return named[0] if named else call.args[position]


def note(found: Found, recorders: dict[str, int], function: Function, expression: ast.expr) -> None:
    values = list(function.values_of(expression))
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            found.verbs[value.value] = function.name
        elif isinstance(value, ast.Name) and value.id in function.parameters:
            recorders[function.name] = function.parameters.index(value.id)
        elif isinstance(value, ast.JoinedStr) and (spelt := spelt_out(value)):
            found.verbs |= dict.fromkeys(spelt, function.name)
        else:
            found.unclear.append(function.name)
    if not values:
        found.unclear.append(function.name)


def spelt_out(template: ast.JoinedStr) -> list[str]:
    text = ast.unparse(template)[2:-1]
    return [text.replace(hole, word) for hole, words in HOLES.items() if hole in text for word in words]


def test_every_verb_is_written_out() -> None:
    unclear = recorded().unclear
    assert not unclear, (
        f"{unclear}: write the verb as a literal, or what may stand in its hole in HOLES, so that one sees which there are."
    )


def test_every_verb_has_its_sentence() -> None:
    verbs = recorded().verbs
    assert len(verbs) > 60
    missing = {
        verb: where
        for verb, where in sorted(verbs.items())
        if verb not in ACTIVITY_SENTENCES and verb not in SPECIAL_FORMATS
    }
    assert not missing, f"{missing}: write the sentence that the feed shows in socialops/overview/activity_words.py."


def test_no_sentence_is_left_over() -> None:
    verbs = recorded().verbs
    needless = sorted({*ACTIVITY_SENTENCES, *SPECIAL_FORMATS, *OPEN_VERBS} - set(verbs))
    assert not needless, (
        f"Remove {needless} from socialops/overview/activity_words.py and activity.py: nothing records it."
    )
