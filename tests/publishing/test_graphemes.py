"""Texts are cut between what people see as characters, wherever they are cut."""

import unicodedata

import pytest
from django.template import Context, Template
from hypothesis import example, given, settings
from hypothesis import strategies as st

from foundation.texts.graphemes import grapheme_boundary, truncate_text
from foundation.texts.text_comparison import clip_to_line
from networks.adapters.x.text_length import TEXT_LIMIT, weighted_length
from publishing.actions.fallback_plans import fit_into_template as fitted
from publishing.composing.threads import fitting_length, split_text
from tests.cast import Cast
from tests.publishing.parts import at

HEART = "❤️‍🔥"
MET = "あ" * 139 + HEART * 2 + "ああ"
PIECES = [
    "a",
    "あ",
    " ",
    "\n",
    "\n\n",
    ". ",
    HEART,
    "👩‍👩‍👧‍👦",
    "🇩🇪",
    "e\u0301",
    "\u0301",
    "\u200d",
    "\ufe0f",
    "👍🏽",
    "1️⃣",
    "क्षि",
    "한",
    ".” ",
    "!)' ",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


def joins(part: str) -> bool:
    return part[0] in "\u200c\u200d" or unicodedata.category(part[0]).startswith("M")


def test_what_people_met() -> None:
    assert split_text(MET, TEXT_LIMIT, weighted_length) == ["あ" * 139 + HEART, f"{HEART}ああ"]


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.integers(1, 12), st.sampled_from([len, weighted_length]))
@example("a \u0301b", 1, len)
@example("a\n\u0301b", 1, len)
@example(HEART * 3, 1, len)
def test_no_part_begins_with_what_belongs_to_the_one_before(text: str, limit: int, measure) -> None:
    text = text.lstrip("\u0301\u200d\ufe0f")
    parts = split_text(text, limit, measure)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert not [part for part in parts if joins(part)]
    assert all(part.strip() for part in parts)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(0, 200))
def test_a_place_to_cut_lies_at_or_before_what_was_asked(text: str, place: int) -> None:
    found = grapheme_boundary(text, place)
    assert 0 <= found <= min(place, len(text))
    assert grapheme_boundary(text, found) == found
    assert not (0 < found < len(text) and joins(text[found:]))


def test_short_and_long_texts_fit_as_before() -> None:
    assert fitting_length("x" * 300, TEXT_LIMIT, weighted_length) == 280
    assert fitting_length("x" * 65_536, 63_206, len) == 63_206
    link = "https://example.com/" + "a" * 4000
    assert fitting_length(f"See {link}", TEXT_LIMIT, weighted_length) == len(link) + 4


@pytest.mark.parametrize("most", range(2, 14))
def test_snippets_mails_and_templates_cut_there_too(most: int) -> None:
    whole = {"", "ab", "ab" + HEART, "ab" + HEART * 2}
    text = "ab" + HEART * 3
    assert clip_to_line(text, most).removesuffix("…") in {*whole, "a"}
    assert truncate_text(text, most) in whole
    shown = Template("{{ text|truncatechars:most }}").render(Context({"text": text, "most": most}))
    assert shown.removesuffix("…") in {*whole, "a"}


def test_what_stands_in_is_cut_there_too() -> None:
    assert fitted("{text}", "あ" * 138 + HEART * 9, "x").rstrip("…").removeprefix("あ" * 138).replace(HEART, "") == ""


def test_the_composer_splits_there(cast: Cast, sign_in) -> None:
    body = {"text": MET, "profiles": [cast.x.pk], "do": "split"}
    page = sign_in(cast.priya).post(at("compose"), body).content.decode()
    assert f"\n{HEART}ああ</textarea>" in page or f">{HEART}ああ</textarea>" in page
