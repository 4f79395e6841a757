"""Every failed call answers as problem details with the field and what is wanted."""

import pytest

from tests.cast import Cast
from tests.rest.caller import Caller


def assert_problem(answer, status: int, *fields: str) -> None:
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    body = answer.json()
    assert set(body) == {"type", "title", "detail", "errors"}
    assert body["detail"]
    assert set(fields) <= set(body["errors"]), body


@pytest.mark.django_db
@pytest.mark.parametrize("secret", ["", "so_wrong", "\u00e9"])
def test_without_a_token_401(secret: str) -> None:
    answer = Caller(secret).get("profiles/")
    assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "Nul\x00"}, "name"),
        ({"name": "Care"}, "name"),  # taken
        ({"name": "New", "members": [10**9]}, "members"),
        ({"name": "New", "members": "all"}, "members"),
        ({"name": "New", "members": [10**30]}, "members.0"),
        ({"name": "New", "colour": "red"}, "colour"),
        ([], "body"),
    ],
)
def test_bad_input_names_the_field_and_stores_nothing(cast: Cast, api, body, field: str) -> None:
    before = api(cast.olive).get("teams/").json()
    assert_problem(api(cast.olive).post("teams/", body), 400, field)
    assert api(cast.olive).get("teams/").json() == before


@pytest.mark.parametrize("body", ["{no json", b'{"name": "\xff"}', b"\x00", "[" * 100_000, '{"a":' * 50_000])
def test_what_is_no_json_is_400(cast: Cast, api, body) -> None:
    assert_problem(api(cast.olive).call("POST", "teams/", body), 400, "body")


def test_a_key_that_cannot_be_kept_is_400(cast: Cast, api) -> None:
    answer = api(cast.olive).post("teams/", {"name": "New"}, **{"Idempotency-Key": "k" * 201})
    assert_problem(answer, 400, "Idempotency-Key")


def test_options_are_not_offered(cast: Cast, api) -> None:
    for path in ("teams/", "posts/", "profiles/"):
        assert_problem(api(cast.olive).call("OPTIONS", path), 405)


def test_foreign_404_seen_but_not_allowed_403_unknown_address_404(cast: Cast, api) -> None:
    assert_problem(api(cast.mallory).get(f"profiles/{cast.x.pk}/"), 404)
    assert_problem(api(cast.mallory).get(f"teams/{cast.team.pk}/"), 404)
    assert_problem(api(cast.ed).post("teams/", {"name": "Mine"}), 403)
    assert_problem(api(cast.olive).get("nothing/"), 404)
    assert_problem(api(cast.olive).delete("profiles/"), 405)


def test_too_many_calls_429_with_retry_after(cast: Cast, api, settings) -> None:
    settings.API_RATE_LIMIT = (2, 60)
    caller = api(cast.olive)
    assert [caller.get("profiles/").status_code for _ in range(3)] == [200, 200, 429]
    assert 0 < int(caller.get("profiles/").headers["Retry-After"]) <= 60


def test_a_missing_slash_keeps_the_call(cast: Cast, api) -> None:
    answer = api(cast.olive).post("teams", {"name": "New"})
    assert (answer.status_code, answer["Location"]) == (308, "/api/v1/teams/")
