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


class TestKnownDevices:
    """Where the owner has signed in before, strangers' wrong passwords do not count."""

    def lock(self, email="ed@acme.example"):
        for number in range(6):
            attempt(Client(), email, "wrong", address=f"203.0.114.{number}")
        attempt(stranger := Client(), email, address="198.51.101.1")
        assert not is_in(stranger)

    @pytest.fixture
    def known(self, cast):
        attempt(client := Client(), "ed@acme.example", address="192.0.2.50")
        client.post("/accounts/logout/")
        assert not is_in(client)
        return client

    def test_the_owner_comes_in_from_there(self, known):
        self.lock()
        attempt(known, "Ed@acme.example", address="192.0.2.51")
        assert is_in(known)

    def test_also_where_strangers_used_the_same_address(self, known):
        for number in range(10):
            attempt(Client(), f"person{number}@acme.example", "wrong", address="192.0.2.50")
        attempt(known, "ed@acme.example", address="192.0.2.50")
        assert is_in(known)

    def test_what_is_tried_there_counts_there(self, known):
        for _time in range(5):
            attempt(known, "ed@acme.example", "wrong")
        attempt(known, "ed@acme.example")
        assert not is_in(known)

    def test_each_device_counts_by_itself(self, known):
        """One that was stolen does not keep the owner out of another."""
        attempt(second := Client(), "ed@acme.example", address="192.0.2.52")
        second.post("/accounts/logout/")
        for _time in range(5):
            attempt(known, "ed@acme.example", "wrong")
        attempt(second, "ed@acme.example", address="192.0.2.52")
        assert is_in(second)

    def test_it_is_nobody_elses_device(self, known):
        self.lock("olive@acme.example")
        attempt(known, "olive@acme.example", address="192.0.2.50")
        assert not is_in(known)

    @pytest.mark.parametrize("forged", ["", "x", "eyJkZXZpY2UiOiJ4IiwicGVvcGxlIjpbMV19:1t:x"])
    def test_it_cannot_be_made_up(self, cast, forged):
        self.lock()
        client = Client()
        client.cookies["known_device"] = forged
        attempt(client, "ed@acme.example", address="192.0.2.50")
        assert not is_in(client)

    def test_a_password_reset_opens_it_for_strangers_and_there(self, known, cast):
        self.lock()
        from allauth.account.adapter import get_adapter
        from allauth.account.models import EmailAddress
        from django.test import RequestFactory

        EmailAddress.objects.get_or_create(user=cast.ed.user, email="ed@acme.example")
        request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.50")
        get_adapter()._delete_login_attempts_cached_email(request, email="ed@acme.example")
        attempt(client := Client(), "ed@acme.example", address="192.0.2.60")
        assert is_in(client)


def test_a_provider_makes_no_device_known(cast, sign_on, comes_in):
    """Or whoever runs it could guess the password a little more at each sign-on."""
    sign_on()
    client = comes_in(cast.ed)
    assert is_in(client)
    assert "known_device" not in client.cookies


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
