"""The same key and body get the first answer again; another body is refused."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from organizations.tenancy import scope
from teams.models import Team
from tests.cast import Cast
from tests.rest.caller import caller


def test_a_repeat_gets_the_first_answer_and_changes_nothing(cast, api) -> None:
    olive = api(cast.olive)
    first = olive.post("teams/", {"name": "New"}, **{"Idempotency-Key": "a"})
    again = olive.post("teams/", {"name": "New"}, **{"Idempotency-Key": "a"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert olive.post("teams/", {"name": "Other"}, **{"Idempotency-Key": "a"}).status_code == 422
    assert olive.post("teams/", {"name": "New"}, **{"Idempotency-Key": "b"}).status_code == 400  # the name is taken


def test_a_refusal_is_an_answer_too(cast, api) -> None:
    olive = api(cast.olive)
    first = olive.post("teams/", {"name": ""}, **{"Idempotency-Key": "a"})
    again = olive.post("teams/", {"name": ""}, **{"Idempotency-Key": "a"})
    assert (first.status_code, again.status_code) == (400, 400)
    assert first.json() == again.json()


def test_keys_are_per_token_and_limited(cast, api) -> None:
    assert api(cast.olive).post("teams/", {"name": "A"}, **{"Idempotency-Key": "a"}).status_code == 201
    assert api(cast.olive).post("teams/", {"name": "B"}, **{"Idempotency-Key": "a"}).status_code == 201
    assert api(cast.olive).post("teams/", {"name": "C"}, **{"Idempotency-Key": "k" * 201}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_many_at_once_change_once(cast: Cast) -> None:
    olive = caller(cast.olive)

    def post(_: int) -> int:
        try:
            return olive.post("teams/", {"name": "Race"}, **{"Idempotency-Key": "race"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(post, range(6))) == {201}
    with scope(cast.acme):
        assert Team.objects.filter(name="Race").count() == 1
