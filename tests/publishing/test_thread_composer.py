"""Threads in the composer: written part by part, split, joined and previewed."""

import re

import pytest

from publishing.composing.threads import MOST_PARTS, split_text
from publishing.models import Post
from tests.cast import Cast
from tests.publishing.parts import at


def form(cast: Cast, **fields) -> dict:
    return {"text": "One", "profiles": [cast.x.pk, cast.page.pk], "when": "none", "do": "go", **fields}


def boxes(page: str) -> list[int]:
    """The numbers of the parts that it shows; the pattern for more of them is none."""
    return [int(number) for number in re.findall(r'name="part_(\d+)"', page) if int(number) <= MOST_PARTS]


def test_the_composer_stores_the_parts_that_hold_something(cast: Cast, sign_in, in_acme) -> None:
    fields = form(cast, part_2="Two", part_3="  ", part_5="Five", first_comment="Link", do="draft")
    assert sign_in(cast.ed).post(at("compose"), fields).status_code == 302
    post = Post.objects.get()
    assert (post.revision.parts, post.revision.first_comment) == (["Two", "Five"], "Link")
    page = sign_in(cast.ed).get(at("edit", post.pk)).content.decode()
    assert boxes(page) == [2, 3]


def test_the_composer_splits_joins_and_adds_without_storing(cast: Cast, sign_in, in_acme) -> None:
    long = "A sentence of some length that says something. " * 20
    client = sign_in(cast.ed)
    swap = {"HX-Request": "true"}
    page = client.post(at("compose"), form(cast, text=long, do="split"), headers=swap).content.decode()
    assert boxes(page) == [2, 3, 4]
    assert "<html" not in page
    page = client.post(at("compose"), form(cast, part_2="Two", do="join"), headers=swap).content.decode()
    assert "One\n\nTwo" in page
    assert boxes(page) == []
    page = client.post(at("compose"), form(cast, part_2="Two", do="add")).content.decode()
    assert boxes(page) == [2, 3]
    assert "<html" in page
    assert not Post.objects.exists()


def test_previews_count_each_part(cast: Cast, sign_in) -> None:
    page = sign_in(cast.ed).post(at("preview"), form(cast, part_2="x" * 300, first_comment="Link")).content.decode()
    assert 'id="counters-2"' in page
    assert "20 too many" in page
    assert "data-long" in page
    assert page.count("First comment") == 2


@pytest.mark.parametrize(
    "text",
    [
        "word " * 300,
        "x" * 1000,
        "One. " * 200,
        ("Paragraph.\n\n" * 60),
        "👩‍👩‍👧 " * 200,
        "https://a.example/" + "y" * 900,
    ],
)
def test_splitting_loses_no_word(text: str) -> None:
    parts = split_text(text, 280, len)
    assert all(0 < len(part) <= 280 for part in parts[: MOST_PARTS - 1])
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_splitting_prefers_paragraphs_then_sentences() -> None:
    assert split_text("One two.\n\nThree four. Five six.", 22, len) == ["One two.", "Three four. Five six."]
    assert split_text("One two. Three four. Five", 22, len) == ["One two. Three four.", "Five"]
    assert len(split_text("x" * 100_000, 280, len)) == MOST_PARTS
