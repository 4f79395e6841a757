"""The same key and body get the first answer again; another body is refused."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from rest_framework.response import Response

from organizations.tenancy import scope
from publishing.api import PostView
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


def test_a_refusal_that_was_lifted_meanwhile_is_asked_again(cast, api) -> None:
    olive, vic, key = api(cast.olive), api(cast.vic), {"Idempotency-Key": "a"}
    assert vic.post("teams/", {"name": "New"}, **key).status_code == 403
    assert olive.patch(f"members/{cast.vic.pk}/", {"role": "admin"}).status_code == 200
    assert [vic.post("teams/", {"name": "New"}, **key).status_code for _ in range(2)] == [201, 201]


def test_a_conflict_that_has_passed_is_asked_again(cast, api) -> None:
    olive, key = api(cast.olive), {"Idempotency-Key": "a"}
    made = olive.post("posts/", {"text": "Hello", "profiles": [cast.x.pk]}).json()
    path = f"posts/{made['id']}/"
    assert olive.post(f"{path}submit/").status_code == 200
    assert olive.post(f"{path}submit/", {}, **key).status_code == 409
    assert api(cast.ava).post(f"{path}reject/", {"note": "Not yet"}).status_code == 200
    assert [olive.post(f"{path}submit/", {}, **key).status_code for _ in range(2)] == [200, 200]


def test_a_change_of_what_was_overtaken_is_asked_again(cast, api) -> None:
    olive = api(cast.olive)
    made = olive.post("posts/", {"text": "Hello", "profiles": [cast.x.pk]})
    path = f"posts/{made.json()['id']}/submit/"
    stale = {"Idempotency-Key": "a", "If-Match": '"other"'}
    assert olive.post(path, {}, **stale).status_code == 412
    assert olive.post(path, {}, **stale | {"If-Match": made["ETag"]}).status_code == 200


@pytest.mark.usefixtures("made_up_answers")
@pytest.mark.parametrize("status", [401, 403, 404, 405, 409, 412, 413, 429, 500, 503, 507])
def test_only_successes_and_bad_input_are_kept(cast, api, monkeypatch, status: int) -> None:
    olive, key, given = api(cast.olive), {"Idempotency-Key": "a"}, iter([status, 200])

    monkeypatch.setattr(PostView, "submit", lambda self, request, pk: Response({"n": 1}, status=next(given)))
    assert [olive.post("posts/1/submit/", {}, **key).status_code for _ in range(3)] == [status, 200, 200]


@pytest.mark.usefixtures("made_up_answers")
@pytest.mark.parametrize("status", [200, 201, 204, 400, 422])
def test_what_does_not_change_by_itself_is_kept(cast, api, monkeypatch, status: int) -> None:
    olive, key, given = api(cast.olive), {"Idempotency-Key": "a"}, iter([status])
    monkeypatch.setattr(PostView, "submit", lambda self, request, pk: Response({"n": 1}, status=next(given)))
    assert [olive.post("posts/1/submit/", {}, **key).status_code for _ in range(3)] == [status] * 3
