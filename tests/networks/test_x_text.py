"""How X counts text."""

import pytest

from networks.adapters.x.text_length import weighted_length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Hello", 5),
        ("é", 1),
        ("e\u0301", 1),
        ("日本語", 6),
        ("“quoted” – yes", 14),
        ("…", 2),
        ("€", 2),
        ("a" * 280, 280),
    ],
)
def test_characters(text: str, length: int) -> None:
    assert weighted_length(text) == length


@pytest.mark.parametrize(
    "emoji",
    [
        "😀",
        "❤️",
        "👍🏽",
        "👩‍👩‍👧‍👦",
        "🏳️‍🌈",
        "🇩🇪",
        "1️⃣",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "©️",
    ],
)
def test_any_emoji_weighs_two(emoji: str) -> None:
    assert weighted_length(emoji) == 2
    assert weighted_length(f"a{emoji}b{emoji}") == 6


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com",
        "http://a.de",
        "https://example.com/a/very/long/path?with=query&and=more#fragment",
        "example.com",
        "www.example.de",
        "example.de/menu",
        "t.co",
        "sub.example.co.uk/x",
        "HTTPS://EXAMPLE.COM",
    ],
)
def test_any_link_weighs_twenty_three(link: str) -> None:
    assert weighted_length(link) == 23
    assert weighted_length(f"See {link}.") == 28
    assert weighted_length(f"({link})") == 25


@pytest.mark.parametrize("text", ["me@example.com", "e.g. this", "@acme.com", "http://localhost", "1.5", "node.js"])
def test_what_only_looks_like_a_link_is_text(text: str) -> None:
    assert weighted_length(text) == len(text)


def test_long_text_is_counted_quickly() -> None:
    assert weighted_length("a." * 5000 + "-" * 5000) > 0
    assert weighted_length("a-" * 20000) == 40000
