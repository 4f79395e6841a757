"""Networks are named in their own folders only: networks/adapters/<network>/ and networks/sandbox/dialects/<network>/.

Every other line of code, template, style or script asks the manifests. Migrations, tests, documents and the lists of
what is installed (pyproject.toml, docker-compose.yml) are not looked at: they say what is, or was.
"""

import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from networks.registry import discover_manifests, list_own_packages
from tests.source import ROOT, packages

PLACES = (*packages(), "static", "templates")
KINDS = {".py", ".html", ".txt", ".css", ".js", ".svg", ".xml", ".json"}
# What else they are called by: their libraries, their makers, and networks that have no manifest yet.
ALSO = ("twitter", "tweet", "graph api", "graph_api", "instagram", "mastodon", "bluesky", "linkedin", "telegram")
# {(file, what is named): why it may}
EXCEPTIONS = {
    ("socialops/templatetags/ui.py", "x"): "the key that goes to the pauses, not a network",
}
COMMENT = re.compile(r"/\*.*?\*/|<!--.*?-->", re.DOTALL)
CROSS = re.compile(r'{% icon "x"')  # Lucide's cross, that closes something


@cache
def names() -> tuple[str, ...]:
    """Long enough to be looked for anywhere, in lower case."""
    of_manifests = {
        name.lower()
        for one in discover_manifests(())
        for name in (one.network, one.label, *one.loggers, *(each.variable for each in one.variables))
    }
    return tuple(sorted({*of_manifests, *ALSO} - set(short())))


@cache
def short() -> tuple[str, ...]:
    """So short that they are looked for only where they stand alone."""
    return tuple(one.network for one in discover_manifests(()) if len(one.network) < 3)


def named_in(source: str, kind: str) -> Iterator[tuple[int, str]]:
    """(line, what is named) of every network in a file's text."""
    if not may_name(source):
        return
    if kind == ".py":
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in (tokenize.NAME, tokenize.STRING, tokenize.COMMENT):
                yield from ((token.start[0], one) for one in in_words(token.string))
                yield from ((token.start[0], one) for one in short() if stands_in(one, token))
        return
    text = CROSS.sub(lambda found: " " * len(found[0]), COMMENT.sub(lambda found: blank(found[0]), source))
    for number, line in enumerate(text.splitlines(), 1):
        yield from ((number, one) for one in in_words(line))
        quoted = (one for one in short() if re.search(rf"""["'](?i:{one})["']|(?:--|[\w/]_){one}(?![\w-])""", line))
        yield from ((number, one) for one in quoted)


def may_name(source: str) -> bool:
    """Whether it is worth a closer look, which takes a hundred times as long."""
    alone = "|".join(rf"(?:{one}|{one.upper()})(?![a-zA-Z0-9])|{one.upper()}[A-Z][a-z]" for one in short())
    return bool(in_words(source)) or bool(alone and re.search(rf"(?<![a-zA-Z0-9])(?:{alone})", source))


def blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def in_words(text: str) -> list[str]:
    return [one for one in names() if one in text.lower()]


def stands_in(name: str, token: tokenize.TokenInfo) -> bool:
    """As a text of its own, as a word among others, or as a part of an identifier: XAdapter, x_url, as_x."""
    if token.type == tokenize.NAME:
        alone = token.string == name.upper()
        return alone or bool(
            re.search(rf"(?<![a-zA-Z0-9]){name}_[a-z]|[a-z]_{name}$|^{name.upper()}[A-Z][a-z]", token.string)
        )
    if token.type == tokenize.STRING and re.fullmatch(rf"""\w*(["']+)(?i:{name})\1""", token.string):
        return True
    return bool(re.search(rf"(?<![\w\-+]){name.upper()}(?![\w\-+])", token.string))


def own_folders() -> list[str]:
    keys = [one.rpartition(".")[2] for one in list_own_packages()]
    waiting = [path.name for path in (ROOT / "networks/adapters").iterdir() if (path / "mark.svg").exists()]
    return [f"networks/{place}/{key}/" for key in {*keys, *waiting} for place in ("adapters", "sandbox/dialects")]


def files() -> Iterator[tuple[str, Path]]:
    own = tuple(own_folders())
    for path in sorted(path for place in PLACES for path in (ROOT / place).rglob("*") if path.suffix in KINDS):
        name = str(path.relative_to(ROOT))
        if not name.startswith(own) and "migrations" not in path.parts:
            yield name, path


def test_networks_are_named_in_their_own_folders_only() -> None:
    wrong = [f"{name}: the file's own name" for name, _ in files() if in_words(name)]
    for name, path in files():
        found = {(line, one) for line, one in named_in(path.read_text(), path.suffix) if (name, one) not in EXCEPTIONS}
        wrong += [f"{name}:{line}: {one}" for line, one in sorted(found)]
    assert not wrong, (
        "\n".join(wrong)
        + "\nAsk the manifest (networks.registry.manifests, manifest_of) or the dialect of the practice"
        " network (dialect_of). Where it says nothing of this yet, give it a field: docs/adding-a-network.md."
    )


def test_the_exceptions_are_still_there() -> None:
    gone = [
        (name, one)
        for name, one in EXCEPTIONS
        if one not in {named for _, named in named_in((ROOT / name).read_text(), Path(name).suffix)}
    ]
    assert not gone, f"{gone}: nothing is named there any more, so take it out of EXCEPTIONS."


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        (".py", 'if profile.network == "x": pass'),
        (".py", "WANTED = {'facebook': 1}"),
        (".py", "from networks.adapters.x.adapter import XAdapter"),
        (".py", "import tweepy"),
        (".py", "url = settings.X_API_URL"),
        (".py", "def as_x(): pass"),
        (".py", "x_events = []"),
        (".py", '"""Posts it, as X wants it."""'),
        (".py", "BOTH, X = 1, 2"),
        (".py", "from networks.sandbox.dialects.facebook import shapes"),
        (".html", "{% if network == 'x' %}"),
        (".html", "<p>On Facebook only.</p>"),
        (".css", ".entry__mark--x { color: red; }"),
        (".css", ".entry__mark--facebook { color: red; }"),
        (".js", 'if (network === "x") return;'),
        (".js", "const label = `Facebook`;"),
    ],
)
def test_it_sees_one_that_is_named(kind: str, source: str) -> None:
    assert list(named_in(source, kind))


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        (".py", "x, y = scene.sun"),
        (".py", 'answer["X-Frame-Options"] = "DENY"'),
        (".py", '"""Extra: 12x12, xml."""'),
        (".html", '{% icon "x" %}{% icon "x" size=12 %}'),
        (".css", "main { overflow-x: auto; transform: translateX(2px); }"),
        (".js", "const { x, y } = event; headers['X-Session'];"),
    ],
)
def test_it_lets_the_rest_be(kind: str, source: str) -> None:
    assert not list(named_in(source, kind))
