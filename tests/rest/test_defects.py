"""What nobody expected, and a database that is away, still answer in the right shape."""

import pytest
from django.db import OperationalError
from django.test import Client

from tests.cast import Cast


@pytest.fixture
def broken(monkeypatch):
    """broken(error): from now on looking for profiles raises `error`."""

    def breaks(error: Exception) -> None:
        def raises(*args, **kwargs):
            raise error

        monkeypatch.setattr("teams.api.profiles_for", raises)
        monkeypatch.setattr("socialops.shell_context.profiles_for", raises)

    return breaks


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError("server closed the connection"), 503), (RuntimeError("secret detail"), 500)]
)
def test_programs_get_a_problem_and_people_a_page(cast: Cast, api, broken, error: Exception, status: int) -> None:
    caller = api(cast.olive)
    client = Client(raise_request_exception=False)
    client.force_login(cast.olive.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    broken(error)
    answer = caller.get("profiles/")
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    page = client.get("/o/acme/posts/")
    assert page.status_code == status
    assert b"<h1>" in page.content
    for found in (answer, page):
        assert b"secret" not in found.content
        assert b"Traceback" not in found.content
        assert ("Retry-After" in found.headers) is (status == 503)


def test_a_browser_at_an_address_of_the_api_reads_json(cast: Cast, api) -> None:
    answer = api(cast.olive).call("GET", "profiles/", Accept="text/html")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
