"""Whatever somebody writes is recognised in what a network shows of it, and nothing else is: our fakes, each practice
network, and texts as the networks are known to change them."""

import html
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from foundation.texts.text_comparison import comparison_key
from networks.adapters.facebook import parse as facebook
from networks.adapters.x import parse as x
from networks.contract import Draft, DraftKind
from networks.sandbox.dialects.facebook import api_objects as practice_wall
from networks.sandbox.dialects.x import api_objects as practice_x
from tests.networks.fake_graph import as_graph_shows
from tests.networks.fake_x import answering, as_x_shows

ID = "1900000000000000000"
ADDRESS = "https://shop.example/?id=1&region=eu&currency=EUR&section=2&copy=1&lt=3&amp=4"
PIECES = [
    "Tom & Jerry", "&amp;", "&amp;amp;", "&lt;b&gt;", "&copy", "&copy;", "&#39;", "&region", "<b>", "a < b > c", '"', "'",
    "shop.example", "http://shop.example", "https://shop.example", "https://shop.example/?id=1&region=eu", ADDRESS,
    "(see https://a.example/b?c=d&e=f).", "https://a.example/x,", "https://t.co/abc", "www.acme.com/?a=1&amp;b=2",
    "https://a.example/?u=https://t.co/abcdef", "@acme", "@nora", "#bread", "$5", "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f44d\U0001f3fd", "\u2764\ufe0f", "caf\u00e9", "cafe\u0301", "\u0301", "\u05e9\u05dc\u05d5\u05dd", "\u202b", "\u200f",
    " ", "  ", "\n", "\n\n\n\n", "\r\n", "\r", "\t", "\u00a0", "\u2028", "\u3042", ".", ",", "!", "\\", "*", "_", "%",
]  # fmt: skip
CHARACTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\n\r\t")
WORDS = st.lists(st.sampled_from(PIECES) | st.text(CHARACTERS, max_size=6), min_size=1, max_size=12).map("".join)
TEXTS = WORDS.filter(str.strip)


def from_fake_x(words: str, parent: str | None = None) -> dict[str, Any]:
    text, links = as_x_shows(words, ID)
    return of_x(answering(text) if parent else text, links, parent)


def from_practice_x(words: str, parent: str | None = None) -> dict[str, Any]:
    text, links = practice_x.shorten_links(f"@nora {words}" if parent else words, ID)
    return of_x(text, links, parent)


def in_a_note(words: str, parent: str | None = None) -> dict[str, Any]:
    """A long post: its text is cut, the whole of it is beside that."""
    item = from_fake_x(words, parent)
    note = {"text": item["text"], "entities": item["entities"]}
    return {**item, "text": item["text"][:5], "entities": {}, "note_tweet": note}


def of_x(text: str, links: list[dict[str, Any]], parent: str | None) -> dict[str, Any]:
    referred = [{"type": "replied_to", "id": parent}] if parent else []
    return {"id": ID, "text": text, "entities": {"urls": links}, "referenced_tweets": referred}


def from_fake_graph(words: str, parent: str | None = None) -> dict[str, Any]:
    return {"id": "1_2", "message": as_graph_shows(words)}


def from_practice_wall(words: str, parent: str | None = None) -> dict[str, Any]:
    return {"id": "1_2", "message": practice_wall.format_message(words)}


def untouched(words: str, parent: str | None = None) -> dict[str, Any]:
    return {"id": "1_2", "message": words}


SHOWN: dict[str, tuple[Callable[..., dict[str, Any]], Callable[..., bool]]] = {
    "a fake X": (from_fake_x, x.is_copy_of),
    "a long post on a fake X": (in_a_note, x.is_copy_of),
    "the practice X": (from_practice_x, x.is_copy_of),
    "a fake Page": (from_fake_graph, facebook.is_copy_of),
    "the practice Page": (from_practice_wall, facebook.is_copy_of),
    "a Page that changes nothing": (untouched, facebook.is_copy_of),
}
everywhere = pytest.mark.parametrize("network", SHOWN)
PARENTS = st.sampled_from([None, "17"])


def draft(words: str, parent: str | None = None) -> Draft:
    return Draft(DraftKind.PART if parent else DraftKind.POST, words, in_reply_to=parent or "")


@everywhere
@settings(max_examples=300, deadline=None)
@given(words=TEXTS, parent=PARENTS)
@example(words="Tom & Jerry https://shop.example/?id=1&region=eu", parent=None)
@example(words="&amp; &amp;amp; &lt;b&gt; &copy", parent=None)
@example(words="shop.example, http://shop.example and https://shop.example", parent="17")
def test_what_was_written_is_recognised(network: str, words: str, parent: str | None) -> None:
    shows, is_copy_of = SHOWN[network]
    assert is_copy_of(shows(words, parent), draft(words, parent))


def told_apart(one: str, other: str) -> bool:
    """What no network needs to tell apart: the outbox lets only one of them be in doubt at a time."""
    return comparison_key(one) != comparison_key(other)


@everywhere
@settings(max_examples=300, deadline=None)
@given(words=TEXTS, other=TEXTS, parent=PARENTS)
@example(words="&", other="&amp;", parent=None)
@example(words="&amp;", other="&amp;amp;", parent=None)
@example(words="<b>", other="&lt;b&gt;", parent=None)
@example(words=ADDRESS, other=ADDRESS.replace("&region", "\u00aeion").replace("&currency", "\u00a4cy"), parent=None)
@example(words="https://shop.example/?a=1&amp;b", other="https://shop.example/?a=1&b", parent=None)
def test_nothing_else_is_taken_for_it(network: str, words: str, other: str, parent: str | None) -> None:
    shows, is_copy_of = SHOWN[network]
    if told_apart(words, other):
        assert not is_copy_of(shows(words, parent), draft(other, parent))


CHANGES: dict[str, Callable[[str], str]] = {
    "escaped": lambda words: words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
    "escaped wholly": html.escape,
    "unescaped wholly": html.unescape,
    "unescaped once": lambda words: words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"),
    "one sign less": lambda words: words.replace("&amp;", "&", 1),
    "another place in a link": lambda words: words.replace("region=eu", "region=us"),
    "without what a link asks": lambda words: words.replace("?id=1", ""),
    "longer": lambda words: f"{words}.",
    "shorter": lambda words: words.strip()[:-1],
    "said before something": lambda words: f"So: {words}",
}


@everywhere
@pytest.mark.parametrize("change", CHANGES)
@settings(max_examples=40, deadline=None)
@given(words=TEXTS, parent=PARENTS)
def test_nothing_nearly_like_it_is_taken_for_it(network: str, change: str, words: str, parent: str | None) -> None:
    shows, is_copy_of = SHOWN[network]
    for one, other in ((words, CHANGES[change](words)), (CHANGES[change](words), words)):
        if one.strip() and told_apart(one, other):
            assert not is_copy_of(shows(one, parent), draft(other, parent))


@pytest.mark.parametrize("network", ["a fake X", "the practice X"])
@pytest.mark.parametrize(
    ("one", "other"), [("http://a.example", "https://a.example"), ("Hi a.com", "Hi https://a.com")]
)
def test_on_x_a_scheme_that_was_written_is_told_apart(network: str, one: str, other: str) -> None:
    shows, is_copy_of = SHOWN[network]
    assert not is_copy_of(shows(one), draft(other))
    assert not is_copy_of(shows(other), draft(one))


@pytest.mark.parametrize("network", ["a fake X", "the practice X", "a long post on a fake X"])
@settings(max_examples=300, deadline=None)
@given(words=TEXTS)
@example(words=f"Look {ADDRESS}")
@example(words="&amp;amp; &lt;b&gt; &copy &copy; <b>")
@example(words="https://a.example/?u=https://t.co/abcdef b.example")
def test_what_comes_in_reads_as_it_was_written(network: str, words: str) -> None:
    """But for composed letters, white space at the ends, and the scheme that X puts in front of a bare address."""
    found = x.readable_text(SHOWN[network][0](words))
    assert comparison_key(found, names=False) == comparison_key(words, names=False)
    bare = words.replace("http://", "").replace("https://", "")
    assert "\u00ae" not in found or "\u00ae" in bare


def test_names_are_not_escaped_twice_nor_left_escaped() -> None:
    user = {"id": "7", "name": "Tom &amp; Jerry &amp;lt;3 &copy", "username": "tom"}
    said = x.parse_inbound({"id": "5", "text": "Hi", "author_id": "7"}, {"7": user}, own_id="1", now=datetime.now(UTC))
    assert said is not None
    assert said.author is not None
    assert said.author.name == x.parse_identity(user).name == "Tom & Jerry &lt;3 &copy"
