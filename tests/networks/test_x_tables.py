"""How X counts and where it sees links, held against its own public tables."""

import json
import time
import unicodedata
from pathlib import Path

import pytest

from networks.adapters.x.link_detection import find_links
from networks.adapters.x.text_length import TEXT_LIMIT, weighted_length
from networks.text_rules import text_errors

TABLES = json.loads(Path(__file__).with_name("data").joinpath("x_text.json").read_text())
TLDS = Path(find_links.__globals__["__file__"]).with_name("tlds.txt").read_text("utf-8").splitlines()[1:]
NOT_SHORTENED = {  # valid as addresses, but no links to X's counter: its own rule for links in a text finds none there
    "http://user:PASSW0RD@example.com:8080/login.php": "names and passwords are no part of a link in a text",
    "http://192.168.0.1/index.html?src=asdf": "a number is no domain",
    "http://[3ffe:1900:4545:3:200:f8ff:fe21:67cf]:80/index.html": "a number is no domain",
    "http://example.com?foo=$bar.;baz?BAZ&c=d-#top/?stories+": "a link in a text does not end with + behind its ?",
}
OF_OLD = "A lie gets halfway around the world"  # refused when 140 characters were the limit


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in find_links(text)]


@pytest.mark.parametrize(("text", "expected"), TABLES["links"])
def test_links_are_found_as_x_finds_them(text: str, expected: list[str]) -> None:
    assert found(unicodedata.normalize("NFC", text)) == [unicodedata.normalize("NFC", one) for one in expected]


@pytest.mark.parametrize(("text", "valid"), TABLES["urls"])
def test_a_valid_address_is_one_link_as_a_whole(text: str, valid: bool) -> None:
    assert (found(text) == [text]) == (valid and text not in NOT_SHORTENED)


@pytest.mark.parametrize(("text", "length"), TABLES["weights"])
def test_texts_weigh_what_x_says(text: str, length: int) -> None:
    assert weighted_length(text) == length


@pytest.mark.parametrize(("text", "valid"), TABLES["tweets"])
def test_what_is_valid_is_taken(text: str, valid: bool) -> None:
    assert (0 < weighted_length(text) <= TEXT_LIMIT) == (valid or text.startswith(OF_OLD))


def test_every_top_level_domain_makes_a_link() -> None:
    assert len(TLDS) > 1500
    assert [tld for tld in TLDS if found(f"https://example.{tld}") != [f"https://example.{tld}"]] == []


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("https://a.ninja", 23),
        ("https://stmary.church/" + "a" * 270, 23),
        ("詳しくはこちらhttps://example.jp/" + "a" * 260, 37),
        ("see https://example.jp/n1" + "あ" * 130, 287),
        ("x" * 268 + " example.de", 292),
        ("https://a.de:8080?b=1", 23),
        ("https://a.de,https://b.de", 47),
        ("a.de/(b)", 23),
        ("a.de/(b", 25),
        ("a.de/()", 25),
        ("a_b.de", 6),
        ("a.b_c.de", 8),
        ("https://" + "a" * 63 + ".de", 23),
        ("https://" + "a" * 64 + ".de", 75),
        ("https://a.de/" + "a" * 4083, 23),
        ("https://a.de/" + "a" * 4084, 4097),
        ("https://t.co/" + "a" * 40, 23),
        ("https://t.co/" + "a" * 41, 54),
        ("https://example.de@b", 20),
    ],
)
def test_what_people_met(text: str, length: int) -> None:
    assert weighted_length(text) == length


@pytest.mark.parametrize("char", ["\ufffe", "\uffff", "\ufeff"])
def test_what_x_refuses_is_named_before(char: str) -> None:
    assert text_errors(f"ABC{char}")


HOSTILE = ["a.", "https://", ".", "@", "(", "a.de/(", "a.de/", "a.de?", "a.de/.", "_.", "a_", "あ.", "-.a", "a.みんな"]
HOSTILE += ["a.com_", ".xn--", "aあ.", "a.de:1", "\U0001f3f4\U000e0067", "\u200d", "😀\u200d", "1\ufe0f"]


@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_text_takes_twice_the_time(piece: str) -> None:
    """The better of several rounds: another process may only ever make one slower."""
    ratios = []
    for _round in range(8):
        once, twice = (min(timed(piece * times) for _try in range(2)) for times in (5_000, 10_000))
        ratios.append(twice / once)
        if ratios[-1] <= 2.6:
            return
    pytest.fail(f"{piece!r}: {ratios}")


def timed(text: str) -> float:
    begun = time.process_time()
    weighted_length(text)
    return time.process_time() - begun or 1e-6
