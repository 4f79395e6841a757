"""Signing in with a password: guessing, listing accounts, leading astray, fixing sessions."""

import pytest
from django.test import Client

from organizations.models import AuditEntry, User
from organizations.tenancy import scope
from tests.builders import PASSWORD

LOGIN = "/accounts/login/"


def attempt(client, email, password=PASSWORD, *, address="203.0.114.7", **more):
    return client.post(LOGIN, {"login": email, "password": password, **more}, REMOTE_ADDR=address)


def is_in(client):
    return "_auth_user_id" in client.session


def entries(organization, verb):
    with scope(organization):
        return list(AuditEntry.objects.filter(verb=verb).order_by("pk"))


def test_the_right_password_opens_and_is_written_down(client, cast):
    assert attempt(client, "Ed@acme.example")["Location"] == "/"
    assert client.get("/")["Location"] == "/o/acme/"
    (entry,) = entries(cast.acme, "sign_in.succeeded")
    assert entry.actor_id == cast.ed.pk
    assert entries(cast.globex, "sign_in.succeeded") == []


class TestGuessing:
    def test_five_wrong_ones_close_the_account_for_the_right_one_too(self, cast):
        for number in range(5):
            assert attempt(Client(), "ed@acme.example", f"wrong {number}").status_code == 200
        answer = attempt(last := Client(), "ed@acme.example")
        assert not is_in(last)
        assert "too many" in answer.content.decode().lower()

    def test_from_many_addresses_at_once_too(self, cast):
        for number in range(5):
            attempt(Client(), "ed@acme.example", "wrong", address=f"203.0.114.{number}")
        attempt(last := Client(), "ed@acme.example", address="198.51.101.1")
        assert not is_in(last)

    def test_one_address_cannot_try_one_password_on_everybody(self, cast):
        for number in range(10):
            attempt(Client(), f"person{number}@acme.example", "Summer 2026!")
        attempt(last := Client(), "olive@acme.example")
        assert not is_in(last)
        attempt(elsewhere := Client(), "olive@acme.example", address="198.51.101.1")
        assert is_in(elsewhere), "others are not locked out by it"

    def test_a_header_of_the_clients_own_does_not_help(self, cast):
        for number in range(11):
            Client().post(
                LOGIN,
                {"login": f"p{number}@acme.example", "password": "wrong"},
                REMOTE_ADDR="203.0.114.7",
                headers={"X-Forwarded-For": f"192.0.2.{number}"},
            )
        attempt(last := Client(), "olive@acme.example")
        assert not is_in(last)

    def test_failures_are_written_down_but_not_without_end(self, cast):
        for number in range(9):
            attempt(Client(), "ed@acme.example", "wrong", address=f"203.0.114.{number}")
        found = entries(cast.acme, "sign_in.failed")
        assert 1 <= len(found) <= 5
        assert {entry.target_name for entry in found} == {str(cast.ed)}
        assert "wrong" not in repr([entry.change for entry in found])

    def test_without_redis_everybody_signs_in(self, cast, settings, client, caplog):
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
        assert attempt(client, "ed@acme.example").status_code == 302
        assert "attempts are not counted" in caplog.text


class TestListingAccounts:
    @pytest.mark.parametrize("path", [LOGIN, "/accounts/password/reset/"])
    def test_known_and_unknown_addresses_get_the_same_answer(self, cast, path):
        texts = []
        for email in ("ed@acme.example", "no@acme.example"):
            client = Client()
            answer = client.post(path, {"login": email, "email": email, "password": "wrong"}, follow=True)
            page = answer.content.decode().replace(email, "EMAIL")
            texts.append([line for line in page.splitlines() if "csrf" not in line.lower()])
        assert texts[0] == texts[1]

    def test_nobody_signs_up_where_it_is_closed(self, client, cast):
        answer = client.post(
            "/accounts/signup/", {"email": "a@b.example", "password1": PASSWORD, "password2": PASSWORD}
        )
        assert "By invitation" in answer.content.decode()
        assert not User.objects.filter(email="a@b.example").exists()


@pytest.mark.parametrize(
    "after",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "https:evil.example"],
)
def test_next_leads_nowhere_else(client, cast, after):
    assert attempt(client, "ed@acme.example", next=after)["Location"] == "/"
    assert client.post("/accounts/logout/", {"next": after})["Location"] == "/"


def test_next_leads_on_within_the_site(client, cast):
    assert attempt(client, "ed@acme.example", next="/o/acme/inbox/")["Location"] == "/o/acme/inbox/"


def test_a_session_that_somebody_else_knows_is_not_kept(client, cast):
    client.get("/o/acme/")
    session = client.session
    session["planted"] = "by somebody"
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    attempt(client, "ed@acme.example")
    assert client.session.session_key != before
    assert Client(headers={"Cookie": f"sessionid={before}"}).get("/o/acme/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        LOGIN,
        "/accounts/logout/",
        "/accounts/password/reset/",
        "/accounts/password/change/",
        "/accounts/email/",
        "/accounts/sessions/",
        "/accounts/sessions/1/end/",
        "/accounts/2fa/totp/activate/",
        "/accounts/sign-on/",
        "/o/acme/settings/security/mfa/",
        "/o/acme/settings/security/sign-on/",
        "/o/acme/settings/tokens/",
    ],
)
def test_nothing_is_done_without_the_pages_own_token(cast, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.olive.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(path, {"login": "ed@acme.example", "password": PASSWORD}).status_code == 403
