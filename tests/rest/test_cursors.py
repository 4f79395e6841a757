"""A cursor comes from a list; whatever else is given for one is named, on every list and in every order."""

from base64 import b64encode
from urllib.parse import urlencode

import pytest
from django.urls import get_resolver

from organizations.rest.pagination import KeysetPagination
from tests.cast import Cast
from tests.routes import walk

LISTS = sorted(
    path.removeprefix("api/v1/").replace("^", "").replace("$", "")
    for path, one in walk(get_resolver().url_patterns)
    if path.startswith("api/v1/")
    and "(?P" not in path
    and "get" in getattr(one.callback, "actions", {})
    and one.callback.actions["get"] == "list"
    and issubclass(one.callback.cls.pagination_class or object, KeysetPagination)
)


def cursor_of(**tokens: str) -> str:
    return b64encode(urlencode(tokens).encode()).decode()


WRONG = [
    "cD0n",  # p='
    "%",
    "\x00",
    "é",
    "cD0",
    "",
    "cD0\n5",
    cursor_of(q="5"),
    cursor_of(o="-1"),
    cursor_of(o="x"),
    cursor_of(r="x"),
    *(
        cursor_of(p=value)
        for value in ("", "x", "\0", "1.5", "9" * 30, "-" + "9" * 30, "2026-13-01", "2026-01-01", "😀")
    ),
]
# an order by number takes these; one by time does not
NUMBERS = {cursor_of(p="1.5"), cursor_of(p="9" * 30), cursor_of(p="-" + "9" * 30)}


def test_there_are_lists() -> None:
    assert {"posts/", "tasks/", "conversations/", "deliveries/"} <= set(LISTS)


@pytest.mark.parametrize("path", LISTS)
def test_what_is_no_cursor_is_named(cast: Cast, api, path: str) -> None:
    olive = api(cast.olive)
    for wrong in WRONG:
        answer = olive.get(f"{path}?{urlencode({'cursor': wrong})}")
        if wrong in NUMBERS and answer.status_code == 200:
            continue
        assert answer.status_code == 400, (path, wrong, answer.content)
        assert list(answer.json()["errors"]) == ["cursor"], (path, wrong)


def test_cursors_of_the_list_itself_lead_on_and_back(cast: Cast, api) -> None:
    olive = api(cast.olive)
    for number in range(3):
        assert olive.post("teams/", {"name": f"T{number}"}).status_code == 201
    first = olive.get("teams/?limit=2").json()
    second = olive.get(first["next"].partition("/api/v1/")[2]).json()
    again = olive.get(second["previous"].partition("/api/v1/")[2]).json()
    assert again["results"] == first["results"] != second["results"]
