"""The menu of the settings says where one is, also when a form of that page was refused."""

import re

import pytest

MARKED = re.compile(r'<a class="nav-item" href="(/o/acme/settings/[^"]*)" aria-current="page">')


@pytest.mark.parametrize(
    ("address", "body", "place"),
    [
        ("you/", {"name": ""}, "you/"),
        ("you/picture/", {}, "you/"),
        ("logo/", {}, ""),
        ("hours/holidays/", {}, "hours/"),
        ("hours/week/", {"monday": "never"}, "hours/"),
        ("tokens/", {}, "tokens/"),
        ("security/sign-on/", {}, "security/"),
    ],
)
def test_a_refused_form_keeps_its_place(cast, sign_in, address: str, body: dict[str, str], place: str) -> None:
    answer = sign_in(cast.olive).post(f"/o/acme/settings/{address}", body)
    assert answer.status_code == 422, answer.status_code
    assert MARKED.findall(answer.content.decode()) == [f"/o/acme/settings/{place}"]


@pytest.mark.parametrize("place", ["", "you/", "people/", "security/", "security/tokens/", "fallback/"])
def test_of_two_places_the_nearest_is_marked(cast, sign_in, place: str) -> None:
    answer = sign_in(cast.olive).get(f"/o/acme/settings/{place}")
    assert MARKED.findall(answer.content.decode()) == [f"/o/acme/settings/{place}"]
