"""An organization's own sign-on, against a real provider over HTTP."""

import pytest
from allauth.account.models import EmailAddress
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from organizations.models import AuditEntry, Member, OrganizationSignOn, SignOnIdentity, User
from organizations.tenancy import scope
from tests import builders
from tests.builders import PASSWORD
from tests.organizations.oidc import go_there
from tests.signing_in import signed_in

HOME = "/o/acme/"
START = "/accounts/sign-on/acme/"


def password_sign_in(client, email):
    return client.post("/accounts/login/", {"login": email, "password": PASSWORD})


def test_a_new_person_becomes_a_member_with_the_default_role(client, sign_on, come_in, settings, cast):
    settings.REGISTRATION = "closed"
    sign_on(default_role="viewer")
    answer = come_in(client)
    assert answer.status_code == 302
    assert answer["Location"] == HOME
    assert client.get(HOME).status_code == 200
    member = Member.unscoped.get(user__email="nia@acme.example")
    assert (member.role, member.organization, member.name) == ("viewer", cast.acme, "Nia New")
    assert EmailAddress.objects.get(user=member.user).verified
    assert not member.user.has_usable_password()


def test_the_second_time_it_is_the_same_person_whatever_the_name(sign_on, come_in, issuer):
    sign_on()
    come_in(Client())
    issuer.person |= {"email": "nia.married@acme.example"}
    come_in(Client())
    assert User.objects.filter(email__startswith="nia").count() == 1
    assert SignOnIdentity.unscoped.count() == 1


def test_a_member_of_this_organization_is_recognised_by_the_address(client, sign_on, come_in, agree, issuer, cast):
    issuer.person["email"] = "Ed@Acme.Example"
    sign_on()
    come_in(client)
    assert "_auth_user_id" not in client.session
    agree(client)
    assert int(client.session["_auth_user_id"]) == cast.ed.user_id


@pytest.mark.parametrize("verified", [False, None, "false", 0, "yes", 1])
def test_an_address_that_the_provider_has_not_confirmed_opens_nothing(client, sign_on, come_in, issuer, verified):
    issuer.person |= {"email": "ed@acme.example", "email_verified": verified}
    sign_on()
    assert come_in(client).status_code == 403
    assert "_auth_user_id" not in client.session
    assert not SignOnIdentity.unscoped.exists()


@pytest.mark.parametrize(
    "email",
    ["mallory@globex.example", "nia@sub.acme.example", "nia@acme.example.evil.example", "nia", "", "@acme.example\0"],
)
def test_an_address_elsewhere_opens_nothing(client, sign_on, come_in, issuer, email):
    issuer.person["email"] = email
    sign_on()
    assert come_in(client).status_code == 403
    assert "_auth_user_id" not in client.session


def test_a_provider_cannot_take_over_a_person_of_other_organizations(client, sign_on, come_in, issuer, cast):
    """acme names globex's domain and vouches for Mallory, whom it has made a member of its own."""
    with scope(cast.acme):
        Member.objects.create(user=cast.mallory.user, organization=cast.acme, role="viewer")
    sign_on(domains=["globex.example"])
    issuer.person["email"] = "mallory@globex.example"
    assert come_in(client)["Location"] == START + "link/"
    assert client.post(START + "link/").status_code == 403
    assert "_auth_user_id" not in client.session
    assert client.get("/o/globex/").status_code == 302
    assert not SignOnIdentity.unscoped.exists()


def test_who_is_signed_in_already_connects_the_two(client, sign_on, come_in, agree, issuer, cast):
    with scope(cast.acme):
        Member.objects.create(user=cast.mallory.user, organization=cast.acme, role="viewer")
    sign_on(domains=["globex.example"])
    issuer.person["email"] = "mallory@globex.example"
    signed_in(cast.mallory, client)
    assert come_in(client).status_code == 302
    assert not SignOnIdentity.unscoped.exists(), "not before they have said so"
    assert agree(client)["Location"] == HOME
    assert client.get(HOME).status_code == 200
    assert client.get("/o/globex/").status_code == 200
    assert SignOnIdentity.unscoped.count() == 1


def test_a_session_through_one_organization_opens_that_one_only(sign_on, come_in, issuer, cast):
    sign_on()
    come_in(first := Client())
    assert first.get(HOME).status_code == 200
    nia = User.objects.get(email="nia@acme.example")
    with scope(cast.globex):
        Member.objects.create(user=nia, organization=cast.globex, role="member")
    come_in(again := Client())
    assert again.get(HOME).status_code == 200
    turned = again.get("/o/globex/")
    assert turned.status_code == 302
    assert turned["Location"].startswith("/accounts/entry/globex/")
    assert b"sign out and use your own" in again.get(turned["Location"]).content
    assert again.get("/accounts/email/")["Location"] == "/accounts/password/reset/"
    assert again.get("/accounts/password/set/")["Location"] == "/accounts/password/reset/"


def test_coming_through_it_twice_opens_no_other_either(client, sign_on, come_in, issuer, cast):
    """The same provider's word a second time is no proof of the person's own."""
    sign_on()
    come_in(client)
    with scope(cast.globex):
        Member.objects.create(user=User.objects.get(email="nia@acme.example"), organization=cast.globex, role="member")
    come_in(client)
    assert client.get(HOME).status_code == 200
    assert client.get("/o/globex/")["Location"].startswith("/accounts/entry/globex/")


def test_whoever_was_made_to_leave_stays_outside(client, sign_on, come_in, issuer, cast):
    from django.utils.timezone import now

    sign_on()
    come_in(Client())
    Member.unscoped.filter(user__email="nia@acme.example").update(left_at=now())
    assert come_in(client).status_code == 403


def test_two_people_cannot_be_one(client, sign_on, come_in, issuer):
    sign_on()
    come_in(Client())
    issuer.person["sub"] = "somebody-else"
    assert come_in(client).status_code == 403


class TestForgeries:
    @pytest.fixture(autouse=True)
    def _set_up(self, sign_on):
        sign_on()

    @pytest.mark.parametrize(
        "forged",
        [
            {"iss": "https://elsewhere.example"},
            {"aud": "another-client"},
            {"aud": ["socialops", "b"], "azp": "b"},
            {"exp": 1_000_000_000},
            {"exp": None},
            {"nonce": "of another question"},
            {"nonce": None},
            {"sub": None},
            {"sub": ""},
            {"iat": 99_999_999_999},
        ],
        ids=str,
    )
    def test_claims_that_do_not_hold(self, client, issuer, come_in, forged):
        issuer.forge = forged
        assert come_in(client).status_code == 403
        assert "_auth_user_id" not in client.session

    def test_another_key(self, client, issuer, come_in):
        issuer.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        assert come_in(client).status_code == 403

    def test_no_signature(self, client, issuer, come_in):
        issuer.signing_key, issuer.algorithm = None, "none"
        assert come_in(client).status_code == 403

    def test_a_secret_that_everybody_knows_for_a_signature(self, client, issuer, come_in):
        issuer.signing_key, issuer.algorithm = "x" * 32, "HS256"
        assert come_in(client).status_code == 403

    def test_another_issuers_document(self, client, issuer):
        issuer.also = {"issuer": "https://elsewhere.example"}
        assert client.get(START).status_code == 403

    @pytest.mark.parametrize("endpoint", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
    @pytest.mark.parametrize("address", ["file:///etc/passwd", "gopher://x", "", None, "https://u:p@x.example"])
    def test_a_document_that_leads_astray(self, client, issuer, endpoint, address):
        issuer.also = {endpoint: address}
        assert client.get(START).status_code == 403

    def test_answers_about_two_people(self, client, issuer, come_in):
        issuer.userinfo = {"sub": "somebody-else", "email": "ed@acme.example", "email_verified": True}
        assert come_in(client).status_code == 403


def test_the_person_may_come_from_userinfo(client, sign_on, come_in, issuer):
    sign_on()
    issuer.userinfo = {**issuer.person, "name": "Nia\0 Long " * 40}
    assert come_in(client).status_code == 302
    assert client.get(HOME).status_code == 200


class TestTheAnswer:
    @pytest.fixture
    def back(self, client, sign_on, issuer):
        sign_on()
        return go_there(client.get(START)["Location"]).removeprefix("http://127.0.0.1:8000")

    def test_is_good_once(self, client, back):
        assert client.get(back).status_code == 302
        client.logout()
        assert client.get(back).status_code == 403

    def test_is_good_in_the_browser_that_asked_only(self, back):
        """Signing somebody in as oneself (login CSRF) needs their session."""
        assert Client().get(back).status_code == 403

    def test_takes_its_own_state(self, client, back):
        assert client.get(back.replace("state=", "state=x")).status_code == 403
        assert client.get(START + "callback/").status_code == 403

    def test_belongs_to_its_organization(self, client, back):
        assert client.get(back.replace("/acme/", "/globex/")).status_code in (403, 404)
        assert client.get(back).status_code == 403, "the question is used up"

    def test_says_no(self, client, back):
        assert client.get(back.replace("code=", "error=access_denied&x=")).status_code == 403

    def test_gets_a_new_session_key(self, client, back):
        before = client.session.session_key
        client.get(back)
        assert client.session.session_key != before


@pytest.mark.parametrize(
    "after", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:evil.example"]
)
def test_next_leads_nowhere_else(client, sign_on, come_in, after):
    sign_on()
    assert come_in(client, next=after)["Location"] == HOME


def test_next_leads_on_within_the_site(client, sign_on, come_in):
    sign_on()
    assert come_in(client, next="/o/acme/calendar/?month=2026-11")["Location"] == "/o/acme/calendar/?month=2026-11"


class TestRequired:
    @pytest.fixture(autouse=True)
    def _set_up(self, sign_on):
        sign_on(required=True)

    def test_a_right_password_opens_nothing(self, client, cast):
        answer = password_sign_in(client, "ed@acme.example")
        assert b"Continue with your organization" in answer.content
        assert "_auth_user_id" not in client.session

    def test_owners_break_the_glass(self, client):
        assert password_sign_in(client, "olive@acme.example").status_code == 302
        assert client.get(HOME).status_code == 200

    def test_members_with_other_addresses_use_their_password(self, client, cast):
        with scope(cast.acme):
            kim = builders.create_member(
                builders.SETUP, cast.acme, email="kim@partner.example", role="member", password=PASSWORD
            )
        assert password_sign_in(client, kim.user.email).status_code == 302
        assert client.get(HOME).status_code == 200

    def test_a_session_from_before_is_led_to_the_provider(self, cast, sign_in, come_in, agree, issuer):
        client = sign_in(cast.ed)
        turned = client.get("/o/acme/calendar/")
        assert turned["Location"].startswith("/accounts/entry/acme/")
        assert START.encode() in client.get(turned["Location"]).content
        issuer.person["email"] = "ed@acme.example"
        assert come_in(client, next="/o/acme/calendar/").status_code == 302
        assert agree(client)["Location"] == "/o/acme/calendar/"
        assert client.get("/o/acme/calendar/").status_code == 200

    def test_the_second_step_is_asked_after_the_provider_too(self, client, cast, come_in, agree, issuer):
        from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

        EmailAddress.objects.create(user=cast.ed.user, email="ed@acme.example", verified=True, primary=True)
        TOTP.activate(cast.ed.user, generate_totp_secret())
        issuer.person["email"] = "ed@acme.example"
        come_in(client)
        assert agree(client)["Location"].startswith("/accounts/2fa/authenticate/")
        assert "_auth_user_id" not in client.session
        assert come_in(client)["Location"].startswith("/accounts/2fa/authenticate/")
        assert client.get(HOME)["Location"].startswith("/accounts/login/")

    def test_partials_are_led_there_whole(self, cast, sign_in):
        answer = sign_in(cast.ed).get(HOME, headers={"HX-Request": "true"})
        assert answer.status_code == 403
        assert answer["HX-Redirect"].startswith("/accounts/entry/acme/")


class TestBySignInPage:
    def test_the_domain_finds_the_organization(self, client, sign_on):
        sign_on()
        answer = client.post("/accounts/sign-on/", {"email": "Nobody@ACME.example", "next": "/o/acme/inbox/"})
        assert "Continue with <bdi>Acme</bdi>" in answer.content.decode()
        assert "/accounts/sign-on/acme/?email=" in answer.content.decode()

    def test_it_tells_of_domains_only(self, client, sign_on, cast):
        sign_on()
        texts = []
        for email in ("ed@acme.example", "nobody@acme.example"):
            page = client.post("/accounts/sign-on/", {"email": email}).content.decode()
            texts.append(page.replace("nobody", "X").replace("ed%40", "X%40").count("Continue with <bdi>Acme</bdi>"))
        assert texts == [1, 1]

    def test_a_domain_of_nobody_stands_beside_the_field(self, client, sign_on):
        answer = client.post("/accounts/sign-on/", {"email": "a@nowhere.example"})
        assert answer.status_code == 422
        assert "No organization takes this address" in answer.content.decode()

    def test_the_sign_in_page_offers_it(self, client, db):
        assert "/accounts/sign-on/" in client.get("/accounts/login/").content.decode()

    def test_without_a_sign_on_there_is_nothing(self, client, cast):
        assert client.get(START).status_code == 404
        assert client.get("/accounts/sign-on/nowhere/").status_code == 404


def test_what_happened_is_written_down_without_the_secret(client, sign_on, come_in, cast):
    sign_on()
    come_in(client)
    sign_on(client_secret="another", required=True)
    with scope(cast.acme):
        rows = list(AuditEntry.objects.filter(verb__contains="sign"))
        added = AuditEntry.objects.filter(verb="member.added").order_by("-pk").first()
    verbs = {row.verb for row in rows}
    assert verbs == {"sign_on.set_up", "sign_on.changed", "sign_on.linked", "sign_in.succeeded"}
    assert "provider-secret" not in repr([row.change for row in rows])
    assert "another" not in repr([row.change for row in rows])
    assert added is not None


def test_the_secret_is_encrypted_at_rest(sign_on, db):
    from django.db import connection

    row = sign_on()
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_secret FROM organizations_organizationsignon WHERE id = %s", [row.pk])
        assert "provider-secret" not in cursor.fetchone()[0]
    assert OrganizationSignOn.unscoped.get(pk=row.pk).client_secret == "provider-secret"
