"""What the database makes of a text, and that it stays in time whatever the text is."""

import time

import pytest
from django.db import connection

from tests.search.remembered import FOUND, NOT_FOUND

pytestmark = pytest.mark.django_db


def ask(sql: str, *values: str):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", values)
        return cursor.fetchone()[0]


@pytest.mark.parametrize(("text", "q"), FOUND)
@pytest.mark.parametrize("pieces", ["search_words", "search_parts"])
def test_found(pieces: str, text: str, q: str) -> None:
    assert ask(f"{pieces}(%s) @@ search_query(%s)", text, q) is True


@pytest.mark.parametrize(("text", "q"), NOT_FOUND)
@pytest.mark.parametrize("pieces", ["search_words", "search_parts"])
def test_not_found(pieces: str, text: str, q: str) -> None:
    assert not ask(f"{pieces}(%s) @@ search_query(%s)", text, q)


def test_parts_know_every_ending() -> None:
    assert ask("search_parts('Sommerfest') @@ search_query('fest')")
    assert not ask("search_words('Sommerfest') @@ search_query('fest')")
    assert not ask("search_parts('Sommerfest') @@ search_query('somfest')")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "a." * 50_000,
        "公開し" * 30_000,
        "\u0301" * 100_000,
        "".join(chr(0x20000 + at * 7919 % 40_000) for at in range(70_000)),
        "".join(chr(0x430 + at * at % 32) for at in range(70_000)),
        " ".join(f"{at:x}" for at in range(20_000)),
    ],
    ids=["one word", "dots", "no gaps", "marks", "no letter twice", "one Cyrillic word", "many words"],
)
def test_hostile_texts_can_be_kept(text: str) -> None:
    """A tsvector holds a megabyte and words of 2 kB; nothing may take more than linear time."""
    began = time.process_time(), time.monotonic()
    assert ask("length(search_parts(%s))", text) is not None
    assert ask("search_query(%s) IS NOT NULL", text[:200]) in (True, False)
    assert time.monotonic() - began[1] < 15


@pytest.mark.parametrize("parts", ['["Zwei", "Drei"]', "[]", "null", '{"a": 1}', None])
def test_texts_of_a_list(parts: str | None) -> None:
    assert ask("search_texts(%s::jsonb)", parts) == ("Zwei Drei" if parts and "Zwei" in parts else "")


def test_a_dump_restores_them() -> None:
    """An index is built anew with an empty search path, by `restore` and by PostgreSQL's own upkeep."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = ''")
        cursor.execute("SELECT public.search_parts('Zoë') @@ public.search_query('zoe')")
        assert cursor.fetchone()[0] is True
