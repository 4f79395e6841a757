"""A provider's word opens an account that exists only after the account itself has agreed."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from organizations.actions.domains import prove_by_operator
from organizations.actions.sign_on import set_sign_on
from organizations.models import AuditEntry, Member, SignOnDomain, SignOnIdentity, User
from organizations.sign_in.account_linking import QUESTION_KEY
from organizations.tenancy import scope
from tests import builders
from tests.builders import PASSWORD
from tests.organizations import oidc
from tests.organizations.conftest import OPERATOR, START
from tests.organizations.test_domains import claims, through
from tests.signing_in import signed_in

LINK = START + "link/"
HOME = "/o/acme/"


def mailed() -> str:
    return re.search(r"/accounts/sign-on/acme/link/[\w-]{40,}/", mail.outbox[-1].body)[0]


def nobody(client) -> bool:
    return "_auth_user_id" not in client.session


def confirmed(member) -> None:
    EmailAddress.objects.create(user=member.user, email=member.user.email, verified=True, primary=True)


@pytest.fixture
def asked(client, sign_on, issuer, cast):
    """Olive's address, asserted by somebody at the provider, in a browser where nobody is signed in."""
    sign_on()
    issuer.person |= {"sub": "an admin of the provider", "email": "olive@acme.example"}
    assert through(client, "acme")["Location"] == LINK
    return client


class TestWithoutAWordOfTheAccount:
    def test_nobody_comes_in(self, asked):
        assert nobody(asked)
        assert asked.get(HOME).status_code == 302
        assert asked.post(LINK).status_code == 403
        assert nobody(asked)
        assert not SignOnIdentity.unscoped.exists()

    def test_again_and_again(self, asked):
        for _ in range(3):
            through(asked, "acme")
        assert nobody(asked)

    def test_not_in_a_session_of_somebody_else(self, sign_on, issuer, cast, sign_in):
        """An admin who is signed in as themselves asserts the owner's address."""
        sign_on()
        issuer.person |= {"sub": "x", "email": "olive@acme.example"}
        client = sign_in(cast.lena)
        through(client, "acme")
        assert client.post(LINK).status_code == 403
        assert nobody(client)
        assert not SignOnIdentity.unscoped.exists()

    def test_not_in_a_session_that_came_through_another_provider(self, sign_on, issuer, cast, client):
        """globex's provider vouches for Nia; that is no word of Nia's to acme."""
        claims(cast.mallory, issuer, domains=["nia.example"])
        with scope(cast.globex):
            prove_by_operator(OPERATOR, cast.globex, "nia.example")
        issuer.person["email"] = "nia@nia.example"
        through(client, "globex")
        assert client.get("/o/globex/").status_code == 200
        with scope(cast.globex):
            prove_by_operator(OPERATOR, cast.globex, "nia.example")
            claims(cast.mallory, issuer, domains=["elsewhere.example"])
        sign_on(domains=["nia.example"])
        through(client, "acme")
        assert client.post(LINK).status_code == 403
        assert not SignOnIdentity.unscoped.filter(organization=cast.acme).exists()


class TestByMail:
    def test_the_link_in_the_mailbox_agrees(self, asked, cast):
        confirmed(cast.olive)
        assert "We sent a link" in asked.post(LINK + "mail/", follow=True).content.decode()
        assert mail.outbox[-1].to == ["olive@acme.example"]
        assert "Acme" in mail.outbox[-1].body
        page = asked.get(mailed())
        assert page.status_code == 200
        assert nobody(asked), "looking is not agreeing: mail scanners look too"
        assert asked.post(mailed()).status_code == 302
        assert int(asked.session["_auth_user_id"]) == cast.olive.user_id
        assert asked.get(HOME).status_code == 200
        assert cast.olive.user.has_usable_password()

    def test_works_in_the_browser_alone_that_asked(self, asked, cast):
        """Whoever clicks on what a stranger had sent to them agrees to nothing."""
        asked.post(LINK + "mail/")
        other = Client()
        signed_in(cast.olive, other)
        assert other.get(mailed()).status_code == 403
        assert other.post(mailed()).status_code == 403
        assert not SignOnIdentity.unscoped.exists()

    def test_works_once_and_only_the_newest(self, asked, cast):
        asked.post(LINK + "mail/")
        first = mailed()
        asked.post(LINK + "mail/")
        assert asked.post(first).status_code == 403
        assert asked.post(mailed()).status_code == 302
        assert asked.post(mailed()).status_code == 403

    def test_works_for_an_hour(self, asked):
        asked.post(LINK + "mail/")
        session = asked.session
        session[QUESTION_KEY] = {**session[QUESTION_KEY], "until": time.time() - 1}
        session.save()
        assert asked.post(mailed()).status_code == 403
        assert asked.get(LINK)["Location"] == START

    def test_is_not_sent_without_end(self, asked):
        for _ in range(5):
            answer = asked.post(LINK + "mail/")
        assert answer.status_code == 403
        assert len(mail.outbox) == 3

    def test_of_an_address_that_nobody_had_confirmed_takes_other_ways_in_away(self, asked, cast):
        """Whoever made the account before knows its password: they lose it."""
        other = Client()
        other.post("/accounts/login/", {"login": "olive@acme.example", "password": PASSWORD})
        assert other.get(HOME).status_code == 200
        Authenticator.objects.create(user=cast.olive.user, type="webauthn", data={"name": "theirs", "credential": {}})
        asked.post(LINK + "mail/")
        assert "somebody else may have made" in asked.get(mailed()).content.decode()
        asked.post(mailed())
        assert asked.get(HOME).status_code == 200
        assert other.get(HOME).status_code == 302
        assert not Authenticator.objects.exists()
        other.post("/accounts/login/", {"login": "olive@acme.example", "password": PASSWORD})
        assert nobody(other)
        assert EmailAddress.objects.get(user=cast.olive.user).verified


class TestSignedInByOnesOwnMeans:
    def test_a_page_asks_and_a_click_agrees(self, asked, cast):
        answer = asked.post("/accounts/login/", {"login": "olive@acme.example", "password": PASSWORD, "next": LINK})
        assert answer["Location"] == LINK
        page = asked.get(LINK).content.decode()
        assert "link/mail/" not in page
        assert asked.post(LINK)["Location"] == HOME
        assert SignOnIdentity.unscoped.get().user == cast.olive.user
        assert cast.olive.user.has_usable_password()
        through(again := Client(), "acme")
        assert again.get(HOME).status_code == 200

    def test_what_changed_meanwhile_is_asked_again(self, asked, sign_on, cast):
        signed_in(cast.olive, asked)
        through(asked, "acme")
        SignOnDomain.unscoped.update(proved_at=None)
        assert asked.post(LINK).status_code == 403
        SignOnDomain.unscoped.all().delete()
        assert asked.post(LINK).status_code == 403
        assert not SignOnIdentity.unscoped.exists()

    def test_a_provider_that_was_changed_meanwhile_is_not_agreed_to(self, asked, sign_on, cast):
        signed_in(cast.olive, asked)
        through(asked, "acme")
        sign_on(issuer="https://another.example")
        assert asked.post(LINK).status_code == 403
        assert not SignOnIdentity.unscoped.exists()

    def test_whoever_left_stays_outside(self, asked, cast):
        from django.utils.timezone import now

        signed_in(cast.olive, asked)
        through(asked, "acme")
        Member.unscoped.filter(pk=cast.olive.pk).update(left_at=now())
        assert asked.post(LINK).status_code == 403
        assert not SignOnIdentity.unscoped.exists()


def test_the_second_address_that_somebody_has_confirmed_is_theirs(client, sign_on, come_in, issuer, cast):
    """A new account with it would be a second owner of one mailbox."""
    EmailAddress.objects.create(user=cast.mallory.user, email="nia@acme.example", verified=True)
    sign_on()
    assert come_in(client)["Location"] == LINK
    assert nobody(client)
    assert not User.objects.filter(email="nia@acme.example").exists()


class TestAnotherProvider:
    """Links belong to the issuer and the client that they were made with."""

    @pytest.mark.parametrize("change", [{"issuer": "https://another.example"}, {"client_id": "another"}])
    def test_knows_nobody(self, client, sign_on, come_in, cast, change):
        sign_on()
        come_in(client)
        sign_on(**change)
        assert not SignOnIdentity.unscoped.exists()
        with scope(cast.acme):
            entry = AuditEntry.objects.filter(verb="sign_on.changed").latest("pk")
        assert entry.change["links"] == [1, 0]

    def test_with_the_same_names_for_its_people_still_asks_them(self, client, sign_on, come_in, issuer, cast):
        sign_on()
        come_in(Client())
        sign_on(issuer="https://another.example")
        sign_on()
        assert come_in(client)["Location"] == LINK

    def test_another_secret_or_role_changes_nothing_for_them(self, client, sign_on, come_in):
        sign_on()
        come_in(Client())
        sign_on(default_role="viewer", required=True)
        come_in(client)
        assert client.get(HOME).status_code == 200


class TestWhatTheProviderChanges:
    def test_a_name_for_somebody_that_is_given_to_another_with_an_account_opens_neither(
        self, client, sign_on, come_in, issuer, cast
    ):
        sign_on()
        come_in(Client())
        issuer.person["email"] = "ed@acme.example"
        assert come_in(client).status_code == 403
        assert nobody(client)

    def test_an_address_outside_the_domains_opens_nothing_any_more(self, client, sign_on, come_in, issuer):
        sign_on()
        come_in(Client())
        issuer.person["email"] = "nia@elsewhere.example"
        assert come_in(client).status_code == 403

    def test_another_address_confirms_nothing_by_itself(self, client, sign_on, come_in, issuer):
        sign_on()
        come_in(Client())
        issuer.person["email"] = "nia.married@acme.example"
        come_in(client)
        assert client.get(HOME).status_code == 200
        assert not EmailAddress.objects.filter(email="nia.married@acme.example").exists()
        assert User.objects.get(email__startswith="nia").email == "nia@acme.example"


class TestTheLog:
    def entry(self, organization, verb):
        with scope(organization):
            return AuditEntry.objects.filter(verb=verb).latest("pk")

    def test_says_through_which_provider_and_who_had_named_it(self, client, sign_on, come_in, issuer, cast):
        sign_on()
        come_in(client)
        by = f"{cast.olive.name} (member {cast.olive.pk})"
        came = self.entry(cast.acme, "sign_in.succeeded").change
        assert (came["through"], came["issuer"], came["set_up_by"]) == ("sign-on", issuer.url, by)
        linked = self.entry(cast.acme, "sign_on.linked").change
        assert (linked["issuer"], linked["set_up_by"], linked["agreed"]) == (issuer.url, by, "new")

    def test_of_another_organization_is_told_nothing_of_the_provider(self, client, sign_on, come_in, cast):
        sign_on()
        come_in(Client())
        nia = User.objects.get(email="nia@acme.example")
        with scope(cast.globex):
            Member.objects.create(user=nia, organization=cast.globex, role="member")
        come_in(client)
        assert "issuer" not in self.entry(cast.globex, "sign_in.succeeded").change
        assert "set_up_by" not in self.entry(cast.globex, "sign_in.succeeded").change

    def test_names_who_changed_the_provider_last(self, sign_on, come_in, issuer, cast):
        sign_on()
        with scope(cast.acme):
            other = builders.member(cast.acme, "Otto", role="owner")
            given = {"client_id": oidc.CLIENT_ID, "domains": ["acme.example"], "default_role": "member"}
            given |= {"issuer": issuer.url, "client_secret": oidc.CLIENT_SECRET, "required": False}
            set_sign_on(other, cast.acme, **given)
        come_in(Client())
        assert self.entry(cast.acme, "sign_in.succeeded").change["set_up_by"].startswith("Otto (member ")

    def test_tells_when_a_session_that_was_there_came_through_it_too(self, sign_on, come_in, agree, issuer, cast):
        sign_on()
        issuer.person["email"] = "ed@acme.example"
        client = signed_in(cast.ed)
        come_in(client)
        agree(client)
        assert self.entry(cast.acme, "sign_on.linked").change["agreed"] == "signed in"
        come_in(client)
        assert self.entry(cast.acme, "sign_on.continued").change["issuer"] == issuer.url
