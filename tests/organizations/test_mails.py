"""Confirming an address and choosing a new password, from the e-mail to the page behind its link."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from organizations.actions.sign_on import set_sign_on
from organizations.models import AuditEntry, Member, Organization, SignOnDomain, User
from organizations.tenancy import scope
from tests.builders import PASSWORD

NEW = "another horse battery"


def link_in(message) -> str:
    text = re.search(r"^http://127\.0\.0\.1:8000(/\S+)$", message.body, re.M)[1]
    html, kind = message.alternatives[0]
    assert kind == "text/html"
    assert f'href="http://127.0.0.1:8000{text}"' in html
    return text


def looks_like_ours(message):
    html = message.alternatives[0][0]
    assert "example.com" not in message.body + html
    assert "Hello from" not in message.body
    assert "SocialOps" in html
    assert message.subject == message.subject.strip()
    assert not re.search(r"[a-z] [A-Z]", message.subject), message.subject


def test_a_new_password_by_e_mail(client, cast):
    client.post("/accounts/password/reset/", {"email": "Ed@acme.example"}, headers={"Host": "localhost"})
    (message,) = mail.outbox
    looks_like_ours(message)
    page = client.get(link_in(message), follow=True)
    assert "Choose a new password" in page.content.decode()
    answer = client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert answer.status_code == 302
    assert User.objects.get(pk=cast.ed.user_id).check_password(NEW)
    with scope(cast.acme):
        assert AuditEntry.objects.filter(verb="password.changed").count() == 1
    looks_like_ours(mail.outbox[-1])
    assert "changed" in mail.outbox[-1].subject
    again = Client().get(link_in(message), follow=True).content.decode()
    assert "no longer works" in again


def test_an_unknown_address_gets_a_mail_without_a_link(client, cast):
    client.post("/accounts/password/reset/", {"email": "nobody@acme.example"})
    (message,) = mail.outbox
    looks_like_ours(message)
    assert "http" not in message.body


def test_the_page_of_an_invented_link_says_so(client, db):
    assert "no longer works" in client.get("/accounts/password/reset/key/1-abc-def/").content.decode()


class TestOpenRegistration:
    @pytest.fixture(autouse=True)
    def _open(self, settings):
        settings.REGISTRATION = "open"
        settings.REQUIRE_VERIFIED_EMAIL = True
        settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"

    def sign_up(self, client, email="new@new.example"):
        return client.post("/accounts/signup/", {"email": email, "password1": PASSWORD, "password2": PASSWORD})

    def test_a_new_person_confirms_the_address_and_founds_an_organization(self, client, db):
        self.sign_up(client)
        assert "_auth_user_id" not in client.session
        (message,) = mail.outbox
        looks_like_ours(message)
        client.post(link_in(message))
        client.post("/accounts/login/", {"login": "new@new.example", "password": PASSWORD})
        assert client.get("/")["Location"] == "/accounts/organization/new/"
        given = {"name": "New", "slug": "new", "time_zone": "Europe/Madrid"}
        assert client.post("/accounts/organization/new/", given)["Location"] == "/o/new/"
        assert client.get("/o/new/").status_code == 200
        assert Member.unscoped.get(organization__slug="new").role == "owner"

    def test_nobody_enters_before_the_address_is_confirmed(self, client, db):
        self.sign_up(client)
        client.post("/accounts/login/", {"login": "new@new.example", "password": PASSWORD})
        assert "_auth_user_id" not in client.session

    def test_an_open_session_is_held_up_too(self, cast, sign_in):
        turned = sign_in(cast.ed).get("/o/acme/")
        assert turned["Location"].startswith("/accounts/entry/acme/")
        EmailAddress.objects.create(user=cast.ed.user, email=cast.ed.user.email, verified=True)
        assert sign_in(cast.ed).get("/o/acme/").status_code == 200

    def test_an_address_that_is_taken_is_told_to_its_owner_only(self, client, cast):
        answer = self.sign_up(client, "ed@acme.example")
        other = self.sign_up(Client(), "fresh@acme.example")
        assert (answer.status_code, answer["Location"]) == (other.status_code, other["Location"])
        assert "already" in mail.outbox[0].subject
        looks_like_ours(mail.outbox[0])

    def test_a_short_name_that_is_taken_stands_beside_its_field(self, cast, sign_in):
        EmailAddress.objects.create(user=cast.ed.user, email=cast.ed.user.email, verified=True)
        given = {"name": "Acme", "slug": "acme", "time_zone": "UTC"}
        answer = sign_in(cast.ed).post("/accounts/organization/new/", given)
        assert answer.status_code == 422
        assert "Another organization uses this short name" in answer.content.decode()

    def test_an_address_at_a_domain_does_not_make_it_ones_own(self, client, cast, in_acme):
        """Here as everywhere: a record or the operator proves it."""
        given = {"client_id": "c", "client_secret": "s", "default_role": "member", "required": False}
        EmailAddress.objects.create(user=cast.olive.user, email=cast.olive.user.email, verified=True)
        set_sign_on(cast.olive, cast.acme, issuer="https://i.example", domains=["acme.example"], **given)
        assert not SignOnDomain.objects.get().proved_at
        assert client.post("/accounts/sign-on/", {"email": "ceo@acme.example"}).status_code == 422


@pytest.mark.parametrize("policy", ["closed", "invited"])
def test_elsewhere_nobody_founds_anything(cast, sign_in, settings, policy):
    settings.REGISTRATION = policy
    client = sign_in(cast.ed)
    assert client.get("/accounts/organization/new/").status_code == 404
    assert client.post("/accounts/organization/new/", {"name": "X", "slug": "x"}).status_code == 404
    assert not Organization.objects.filter(slug="x").exists()
