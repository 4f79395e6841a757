"""What a page's scripts and forms are answered when who it was drawn for is not, or no longer, who is signed in."""

import pytest
from django.test import Client

from organizations.models import Organization
from tests.builders import PASSWORD

PAGE = "/o/acme/tasks/"
PARTS = ({"HX-Request": "true"}, {"X-Drawn-For": "1"}, {"HX-Request": "true", "X-Drawn-For": "1"})
TYPED = {"title": "Bake", "note": "Four loaves,\nby dawn", "csrfmiddlewaretoken": "old"}
HERE = {"Origin": "http://testserver"}


def strict(cast, name: str = "olive") -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(getattr(cast, name).user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("headers", PARTS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_part_of_a_page_is_never_the_sign_in(client, cast, headers, method):
    answer = getattr(client, method)(PAGE, headers=headers)
    assert (answer.status_code, answer["X-Session"], answer.content) == (401, "out", b"")
    assert answer["Cache-Control"] == "no-store"


def test_without_any_cookie_it_is_the_session_that_is_missing_not_a_right(cast):
    answer = Client(enforce_csrf_checks=True).post(PAGE, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["X-Session"]) == (401, "out")


def test_a_page_of_somebody_else_is_answered_nothing(cast, sign_in):
    client, olive = sign_in(cast.ed), str(cast.olive.user.pk)
    for answer in (client.get(PAGE, headers={"X-Drawn-For": olive}), client.post(PAGE, headers={"X-Drawn-For": olive})):
        assert (answer.status_code, answer["X-Session"], answer.content) == (401, "other", b"")
    assert client.get(PAGE, headers={"X-Drawn-For": str(cast.ed.user.pk)}).status_code == 200


def test_an_old_token_is_told_from_a_missing_right(cast):
    answer = strict(cast).post(PAGE, headers={"X-Drawn-For": str(cast.olive.user.pk)})
    assert (answer.status_code, answer["X-Session"]) == (403, "stale")


def test_who_must_do_something_first_stays_on_the_page(cast, sign_in):
    Organization.objects.filter(pk=cast.acme.pk).update(require_mfa=True)
    client, ed = sign_in(cast.ed), {"X-Drawn-For": str(cast.ed.user.pk)}
    answer = client.get(PAGE, headers=ed)
    assert (answer.status_code, answer["X-Session"]) == (401, "threshold")
    assert client.get("/session/?in=acme", headers=ed).json()["threshold"].startswith("/accounts/entry/acme/")


def test_who_is_signed_in_with_a_token_that_works(cast):
    client = strict(cast)
    assert Client().get("/session/")["X-Session"] == "out"
    answer = client.get("/session/?in=acme")
    assert (answer.json()["user"], answer.json()["threshold"]) == (cast.olive.user.pk, "")
    assert "no-store" in answer["Cache-Control"]
    assert client.get("/session/", headers={"X-Drawn-For": str(cast.ed.user.pk)})["X-Session"] == "other"
    sent = client.post("/o/acme/tasks/new/", {"title": "Bake", "csrfmiddlewaretoken": answer.json()["token"]})
    assert sent.status_code in (200, 302, 422)


def test_a_form_of_ours_is_shown_again_with_all_that_was_typed(cast):
    gone = Client(enforce_csrf_checks=True).post("/o/acme/tasks/new/", TYPED, headers=HERE)
    stale = strict(cast).post("/o/acme/tasks/new/?for=ed", TYPED, headers=HERE)
    for answer, status in ((gone, 401), (stale, 403)):
        page = answer.content.decode()
        assert answer.status_code == status
        assert 'name="title" value="Bake"' in page
        assert "\nFour loaves,\nby dawn</textarea>" in page
        assert 'value="old"' not in page
    assert 'action="/o/acme/tasks/new/?for=ed"' in stale.content.decode()


def test_a_dead_session_with_a_living_token_shows_it_again_too(client, cast):
    answer = client.post("/o/acme/tasks/new/", TYPED)
    assert answer.status_code == 401
    assert "by dawn</textarea>" in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_a_form_of_a_foreign_page_is_not(cast, headers):
    answer = strict(cast).post("/o/acme/tasks/new/", TYPED, headers=headers)
    assert answer.status_code == 403
    assert "Bake" not in answer.content.decode()


def test_secrets_are_not_shown_again(client, cast):
    typed = {"name": "acme", "practice-credentials": "s3cret", "client_secret": "s3cret", "password": "s3cret"}
    assert "s3cret" not in client.post("/o/acme/profiles/connect/", typed).content.decode()
    account = Client(enforce_csrf_checks=True).post(
        "/accounts/login/", {"login": "a", "password": PASSWORD}, headers=HERE
    )
    assert account.status_code == 403
    assert PASSWORD not in account.content.decode()


def test_signing_out_makes_the_browser_forget(cast, sign_in):
    answer = sign_in(cast.olive).post("/accounts/logout/")
    assert answer["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in sign_in(cast.olive).get(PAGE)


@pytest.mark.parametrize("address", [PAGE, "/session/", "/o/acme/events/", "/"])
@pytest.mark.parametrize(
    ("mode", "taken"), [("cors", False), ("same-origin", False), ("no-cors", False), ("navigate", True)]
)
def test_only_a_page_that_is_gone_to_takes_a_dead_cookie(cast, sign_in, address, mode, taken):
    """A part that is answered late would take the cookie of who has signed in again meanwhile."""
    client = sign_in(cast.olive)
    client.session.delete()
    answer = client.get(address, headers={"Sec-Fetch-Mode": mode})
    assert ("sessionid" in answer.cookies) is taken
    assert ("Clear-Site-Data" in answer) is taken
