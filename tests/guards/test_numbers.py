"""Numbers read the same everywhere, "1,234": in sentences, pages and scripts. What programs read has them bare."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundation.texts.number_format import format_number, format_numbers
from networks.registry import adapter_class
from networks.text_rules import validate_text
from tests.source import ROOT, product_trees

TRANSLATES = {"_", "gettext", "gettext_lazy", "gettext_noop", "later", "ngettext", "noop"}
BARE = re.compile(r"%(\(\w+\))?[di]")
DURATIONS = {  # whatever is longer is told in a larger unit
    "%d ms",
    "%d s",
    "%d min",
    "%d h",
    "%d day",
    "%d days",
    "%(minutes)d min %(seconds)d s",
    "%(hours)d h %(minutes)d min",
}
TAILS = (
    "count|counts|total|more|hidden|left|over|used|limit|days|waiting|unread|n|good|without|later|in_flight|length|"
    "seconds|previous|sent|all|likes|replies|reposts|impressions|shown|value"
)
COUNTED = re.compile(rf"(?:^|\.|\|)(?:{TAILS})(?:\|add:\"-?\d+\")?$")
BLOCK = re.compile(r"\{% blocktranslate([^%]*)%\}(.*?)\{% endblocktranslate %\}", re.S)
SHOWN = re.compile(r"\{\{\s*([^}]+?)\s*\}\}")
GIVEN = re.compile(r"(\w+)=(\S+)")
FEW = {  # never more than a few, or no number at all
    "_shell_badge.html: count|default:0": "99+ beyond that",
    "notifications/_badge.html: member.unread|default:0": "99+ beyond that",
    "publishing/_part.html: n=place": "of at most 25 parts; the script fills it in",
    "publishing/_own_part.html: n=part.place": "of at most 25 parts; the script fills it in",
    "publishing/_bit.html: bit.over": "the words beyond the limit",
    "organizations/join.html: over": "a sentence",
}


def sentences() -> Iterator[tuple[str, str]]:
    for module, tree in product_trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TRANSLATES:
                words = [one.value for one in node.args if isinstance(one, ast.Constant)]
                yield from ((module, word) for word in words if isinstance(word, str))


def test_no_sentence_has_a_bare_number() -> None:
    wrong = [f"{module}: {word}" for module, word in sentences() if BARE.search(word) and word not in DURATIONS]
    assert not wrong, (
        f"{wrong}: write %s or %(name)s, and fill it in with format_number(s) (foundation/texts/number_format.py)."
    )


def bare_numbers(text: str) -> Iterator[str]:
    """What a template shows of a number without `intcomma`."""
    for head, body in BLOCK.findall(text):
        given = dict(GIVEN.findall(head))
        counter = re.search(r"\bcount (\w+)=", head)
        for shown in SHOWN.findall(body):
            meant = given.get(shown, shown)
            number = COUNTED.search(meant) or (shown in given and COUNTED.search(shown))
            if (number or (counter and counter[1] == shown)) and not meant.endswith("|intcomma"):
                yield f"{shown}={meant}" if shown in given else shown
    rest = re.sub(r"<[^<>]*>", "", re.sub(r"\{%.*?%\}", "", BLOCK.sub("", text)))
    for shown in SHOWN.findall(rest):
        if COUNTED.search(re.sub(r"\|default:\d+$", "", shown)):
            yield shown


@pytest.mark.parametrize(
    "text",
    [
        "<b>{{ row.count }}</b>",
        "{{ rows|length }}",
        "{% blocktranslate count n=rows|length %}{{ n }} post{% plural %}{{ n }} posts{% endblocktranslate %}",
        "{% blocktranslate with n=row.more %}and {{ n }} more{% endblocktranslate %}",
        "{% blocktranslate with who=row.total %}{{ who }}{% endblocktranslate %}",
    ],
)
def test_a_bare_number_is_noticed(text: str) -> None:
    assert list(bare_numbers(text))


@pytest.mark.parametrize(
    "text",
    [
        "<b>{{ row.count|intcomma }}</b>",
        '<b id="row-{{ row.count }}">{{ row.name }}</b>',
        "{% blocktranslate count n=x with shown=x|intcomma %}{{ shown }} post{% plural %}{{ shown }}{% endblocktranslate %}",
    ],
)
def test_and_nothing_else(text: str) -> None:
    assert not list(bare_numbers(text))


def test_no_template_has_one() -> None:
    found = {
        f"{path.relative_to(ROOT / 'templates')}: {shown}"
        for path in sorted((ROOT / "templates").rglob("*.*"))
        for shown in bare_numbers(path.read_text())
    }
    assert not found - set(FEW), f"{sorted(found - set(FEW))}: write |intcomma, or say in FEW why it stays small."
    assert not set(FEW) - found, f"{sorted(set(FEW) - found)} is no more: delete it from FEW."


def test_scripts_spell_them_in_the_language_of_the_page() -> None:
    for path in Path(ROOT / "static" / "js").rglob("*.js"):
        text = path.read_text()
        assert ".toLocaleString()" not in text, f"{path}: give it document.documentElement.lang"
        assert not re.search(r"NumberFormat\(\s*\)", text), f"{path}: give it document.documentElement.lang"


def test_what_a_network_says_of_a_long_text() -> None:
    able = adapter_class("x").capabilities
    assert validate_text("x" * 5220, able, len) == ["4,940 too many: 5,220 of 280 characters."]


def test_how_they_are_spelt() -> None:
    assert [format_number(number) for number in (0, 999, 1234, 1_234_567, -1234, 1234.5)] == [
        "0", "999", "1,234", "1,234,567", "-1,234", "1,234.5",
    ]  # fmt: skip
    assert format_numbers({"count": 1234, "name": "1234"}) == {"count": "1,234", "name": "1234"}
