"""docs/adding-a-network.md says of each field of a manifest what the manifest's own shape says of it."""

import ast
from dataclasses import fields
from itertools import pairwise

from networks import manifest
from tests.source import ROOT

SHAPES = (
    manifest.Manifest,
    manifest.NetworkSetting,
    manifest.CredentialFields,
    manifest.NetworkPermission,
    manifest.DemoProfile,
)


def described(shape: str) -> dict[str, str]:
    """{field: the text beneath it} of a class of networks/manifest.py."""
    tree = ast.parse((ROOT / "networks/manifest.py").read_text())
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == shape)
    return {
        one.target.id: " ".join(words.value.value.split())
        for one, words in pairwise(body)
        if isinstance(one, ast.AnnAssign) and isinstance(words, ast.Expr)
    }


def test_every_field_says_what_it_means() -> None:
    for shape in SHAPES:
        told = described(shape.__name__)
        silent = [one.name for one in fields(shape) if one.name not in told]
        assert not silent, (
            f"networks/manifest.py, {shape.__name__}: write beneath {silent} what it means, and its unit."
        )


def test_the_document_says_the_same() -> None:
    text = (ROOT / "docs/adding-a-network.md").read_text()
    for shape in SHAPES:
        _, _, part = text.partition(f"### {shape.__name__}\n")
        rows = [line for line in part.partition("\n#")[0].splitlines() if line.startswith("| `")]
        wanted = [f"| `{name}` | {words} |" for name, words in described(shape.__name__).items()]
        assert rows == wanted, f"docs/adding-a-network.md, under {shape.__name__}, should say:\n" + "\n".join(wanted)


def test_what_it_points_to_is_there() -> None:
    text = (ROOT / "docs/adding-a-network.md").read_text()
    named = {word for word in text.split("`") if "/" in word and "<" not in word and " " not in word}
    gone = [one for one in named if not one.startswith("/") and not (ROOT / one).exists()]
    assert not gone, f"docs/adding-a-network.md names {gone}, which is not there."
