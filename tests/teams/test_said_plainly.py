"""Words as a person would say them, and numbers that read the same wherever they stand."""

import re

import pytest
from django.template.loader import render_to_string

from inbox.reply_limits import TextRoom
from publishing.queries.composer import PartPreview
from tests.source import ROOT, packages

ODD = (
    "cell is changed",
    "cells are changed",
    "Tick who may",
    "chosen cells",
    "Half left within",
    "worker %s",
    "It leaves now.",
    "made no sense",
)


def plain(html: str) -> str:
    return " ".join(re.sub(r"<svg.*?</svg>|<[^>]*>", " ", html, flags=re.S).split())


@pytest.mark.parametrize("words", ODD)
def test_nothing_is_said_as_only_its_makers_would(words):
    found = [
        str(path.relative_to(ROOT))
        for top in (*packages(), "templates")
        for path in (ROOT / top).rglob("*")
        if path.suffix in (".py", ".html") and words in " ".join(path.read_text().split())
    ]
    assert found == []


@pytest.mark.parametrize(
    ("used", "limit", "read"),
    [
        (117, 280, "117 / 280"),
        (0, 280, "0 / 280"),
        (1200, 63206, "1,200 / 63,206"),
        (281, 280, "1 too many"),
        (1480, 280, "1,200 too many"),
    ],
)
def test_room_reads_alike_in_composer_and_inbox(used, limit, read):
    bit = PartPreview("x", "X", "", "", used, limit, ())
    composer = render_to_string("components/_room.html", {"used": bit.length, "limit": bit.limit, "over": bit.excess})
    inbox = render_to_string("inbox/_count.html", {"room": TextRoom(used, limit)})
    assert plain(composer) == plain(inbox) == read
