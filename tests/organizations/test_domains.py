"""A domain that an organization entered for its sign-on governs nothing before it is proved."""

import json
import threading
from datetime import timedelta
from io import StringIO
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from foundation.errors import PermissionDenied
from foundation.internet.domain_names import is_public_domain, normalize_domain
from organizations.actions.domains import prove_by_operator, store_domain_proof
from organizations.actions.sign_on import remove_sign_on, set_sign_on
from organizations.actors import System
from organizations.models import (
    AuditEntry,
    Member,
    Notification,
    OrganizationSignOn,
    SignOnDomain,
    SignOnIdentity,
    User,
)
from organizations.sign_in.domain_proofs import check_due_domains
from organizations.tenancy import scope
from tests import builders
from tests.builders import PASSWORD
from tests.organizations import oidc
from tests.races import at_once


def claims(member, issuer, **changes):
    """What an owner (or whoever) enters in the form: the provider of the tests and a domain."""
    given = {
        "issuer": issuer.url,
        "client_id": oidc.CLIENT_ID,
        "client_secret": oidc.CLIENT_SECRET,
        "domains": ["acme.example"],
        "default_role": "member",
        "required": False,
    }
    with scope(member.organization):
        return set_sign_on(member, member.organization, **{**given, **changes})


def through(client, slug):
    """To the provider of the organization and back."""
    away = client.get(f"/accounts/sign-on/{slug}/")
    assert away.status_code == 302, away.content.decode()[-2000:]
    return client.get(oidc.go_there(away["Location"]).removeprefix("http://127.0.0.1:8000"))


class TestWhatIsOnlyClaimed:
    """globex enters acme's domain, in the default mode, and its provider vouches for whomever it likes."""

    @pytest.fixture(autouse=True)
    def _claimed(self, cast, issuer):
        claims(cast.mallory, issuer)

    def test_no_address_is_led_there(self, client):
        answer = client.post("/accounts/sign-on/", {"email": "ceo@acme.example"})
        assert answer.status_code == 422
        assert "Globex" not in answer.content.decode()

    def test_nobody_new_comes_in_and_no_address_is_confirmed(self, client, issuer):
        issuer.person["email"] = "victim@acme.example"
        assert through(client, "globex").status_code == 403
        assert "_auth_user_id" not in client.session
        assert not User.objects.filter(email="victim@acme.example").exists()
        assert not EmailAddress.objects.filter(email="victim@acme.example").exists()

    def test_no_member_is_linked(self, client, cast, issuer):
        with scope(cast.globex):
            Member.objects.create(user=cast.ed.user, organization=cast.globex, role="member")
        issuer.person["email"] = "ed@acme.example"
        client.force_login(cast.ed.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert through(client, "globex").status_code == 403
        assert not SignOnIdentity.unscoped.exists()

    def test_no_password_is_refused_for_it(self, cast, issuer):
        claims(cast.mallory, issuer, required=True)
        with scope(cast.globex):
            eve = User.objects.create_user("eve@acme.example", PASSWORD)
            Member.objects.create(user=eve, organization=cast.globex, role="member")
        client = Client()
        assert client.post("/accounts/login/", {"login": eve.email, "password": PASSWORD}).status_code == 302
        assert client.get("/o/globex/").status_code == 200


def entered(name="acme.example", organization=None):
    # unscoped: tests look at every organization
    rows = SignOnDomain.unscoped.filter(name=name)
    return rows.get(organization=organization) if organization else rows.get()


def check(client, domain, slug="acme"):
    answer = client.post(f"/o/{slug}/settings/security/domains/{domain.pk}/check/", follow=True)
    domain.refresh_from_db()
    return answer.content.decode()


@pytest.fixture
def domain(cast, issuer, names):
    """acme's own domain, entered by its owner and not proved."""
    claims(cast.olive, issuer)
    return entered()


class TestTheRecord:
    def test_proves_it_and_from_then_on_it_governs(self, domain, names, cast, sign_in, issuer):
        page = sign_in(cast.olive).get("/o/acme/settings/security/").content.decode()
        assert f">{domain.host}</code>" in page
        assert f">{domain.record}</code>" in page
        assert domain.host == "_socialops-challenge.acme.example"
        names.say(domain.host, domain.record)
        assert "acme.example is proved" in check(sign_in(cast.olive), domain)
        assert domain.proved_by == "record"
        answer = Client().post("/accounts/sign-on/", {"email": "ceo@acme.example"})
        assert "Continue with <bdi>Acme</bdi>" in answer.content.decode()
        through(client := Client(), "acme")
        assert client.get("/o/acme/").status_code == 200
        assert EmailAddress.objects.get(email="nia@acme.example").verified
        with scope(cast.acme):
            proof = AuditEntry.objects.get(verb="domain.proved")
        assert (proof.actor_id, proof.target_name) == (cast.olive.pk, "acme.example")

    def test_may_have_several_strings_and_stand_among_others(self, domain, names, cast, sign_in):
        names.say(domain.host, "v=spf1 -all")
        names.say(domain.host, domain.record[:20], domain.record[20:])
        names.say(domain.host, "x" * 255, "y" * 255)  # more than fits into a datagram
        check(sign_in(cast.olive), domain)
        assert domain.proved_at

    @pytest.mark.parametrize("written", ["{}", " {} ", '"{}"', "{} \t"])
    def test_may_be_written_as_some_pages_of_name_servers_do(self, domain, names, cast, sign_in, written):
        names.say(domain.host, written.format(domain.record).replace("\t", " "))
        check(sign_in(cast.olive), domain)
        assert domain.proved_at

    def test_may_come_in_capitals_and_by_way_of_an_alias(self, domain, names, cast, sign_in):
        names.aliases[domain.host] = "acme.elsewhere.example"
        names.say("acme.elsewhere.example", domain.record.upper())
        check(sign_in(cast.olive), domain)
        assert domain.proved_at

    @pytest.mark.parametrize(
        ("how", "says"),
        [
            ("NXDOMAIN", "No such record was found"),
            ("none", "No such record was found"),
            ("SERVFAIL", "did not answer"),
            ("REFUSED", "did not answer"),
            ("silent", "did not answer"),
            ("garbage", "did not answer"),
        ],
    )
    def test_every_other_answer_proves_nothing_and_is_told_in_words(
        self, domain, names, cast, sign_in, settings, how, says
    ):
        settings.DNS_TIMEOUT_SECONDS = 0.5
        names.say(domain.host, domain.record)
        names.fails["acme.example"] = how
        page = check(sign_in(cast.olive), domain)
        assert domain.proved_at is None
        assert says in page

    @pytest.mark.parametrize(
        "text", ["", "socialops-domain=", "socialops-domain", "x{}", "{}x", "socialops-domain={}", "of another"]
    )
    def test_must_say_exactly_what_is_asked(self, domain, names, cast, sign_in, text):
        names.say(domain.host, text.format(domain.record))
        page = check(sign_in(cast.olive), domain)
        assert domain.proved_at is None
        assert "says something else" in page

    def test_of_another_organization_proves_nothing_here(self, domain, names, cast, sign_in, issuer):
        claims(cast.mallory, issuer)
        theirs = entered(organization=cast.globex)
        assert theirs.token != domain.token
        names.say(domain.host, domain.record)
        check(sign_in(cast.mallory), theirs, "globex")
        assert theirs.proved_at is None

    def test_must_stand_at_its_own_name(self, domain, names, cast, sign_in):
        names.say("acme.example", domain.record)
        names.say(f"_socialops-challenge.www.{domain.name}", domain.record)
        check(sign_in(cast.olive), domain)
        assert domain.proved_at is None

    def test_is_made_anew_when_the_domain_was_given_up(self, domain, names, cast, issuer):
        claims(cast.olive, issuer, domains=["acme.net"])
        claims(cast.olive, issuer)
        assert entered().token != domain.token
        assert entered().proved_at is None

    def test_without_a_name_server_nothing_is_known(self, domain, cast, sign_in, settings):
        settings.DNS_SERVER = ("127.0.0.1", 9)
        settings.DNS_TIMEOUT_SECONDS = 0.3
        assert "did not answer" in check(sign_in(cast.olive), domain)

    def test_is_not_looked_for_without_end(self, domain, names, cast, sign_in):
        client = sign_in(cast.olive)
        told = (check(client, domain) for _ in range(21))  # ten in a minute; one may begin between the calls
        assert any("That was often" in page for page in told)
        assert 10 <= len(names.asked) < 20

    def test_of_somebody_elses_domain_is_not_looked_for(self, domain, names, cast, sign_in):
        theirs = f"/o/globex/settings/security/domains/{domain.pk}/check/"
        assert sign_in(cast.mallory).post(theirs).status_code == 404
        assert names.asked == []


class TestOneOrganization:
    @pytest.fixture
    def both(self, domain, names, cast, issuer):
        claims(cast.mallory, issuer)
        theirs = entered(organization=cast.globex)
        names.say(domain.host, theirs.record)
        names.say(domain.host, domain.record)
        return domain, theirs

    def test_the_first_proof_wins(self, both, cast, sign_in):
        ours, theirs = both
        check(sign_in(cast.olive), ours)
        page = check(sign_in(cast.mallory), theirs, "globex")
        assert ours.proved_at
        assert theirs.proved_at is None
        assert "Another organization on this server has proved it" in page
        assert "Acme" not in page

    def test_it_is_free_again_when_it_is_given_up(self, both, cast, sign_in, issuer):
        ours, theirs = both
        check(sign_in(cast.olive), ours)
        claims(cast.olive, issuer, domains=["acme.net"])
        check(sign_in(cast.mallory), theirs, "globex")
        assert theirs.proved_at

    def test_it_is_free_again_when_the_sign_on_is_removed(self, both, cast, sign_in):
        ours, theirs = both
        check(client := sign_in(cast.olive), ours)
        client.post("/o/acme/settings/security/sign-on/remove/")
        check(sign_in(cast.mallory), theirs, "globex")
        assert theirs.proved_at


@pytest.mark.django_db(transaction=True)
def test_of_two_proofs_at_the_same_moment_one_holds(cast, names):
    """On two connections; whoever comes second waits for the first and finds it taken."""
    rows = []
    for organization in (cast.acme, cast.globex):
        with scope(organization):
            rows.append(SignOnDomain.objects.create(organization=organization, name="both.example"))
    gate = threading.Barrier(2)

    def prove_it(row):
        def work():
            with scope(row.organization_id), transaction.atomic():
                held = SignOnDomain.objects.select_for_update().get(pk=row.pk)
                gate.wait(20)  # both have read that nobody has proved it
                return store_domain_proof(System("test"), held, "record")

        return work

    ends = at_once(cast.acme, *(prove_it(row) for row in rows))
    assert sorted(ends, key=str) == [False, True]
    assert SignOnDomain.unscoped.exclude(proved_at=None).count() == 1


class TestAsTimeGoesBy:
    @pytest.fixture
    def proved(self, domain, names, cast):
        names.say(domain.host, domain.record)
        self.round(timedelta())
        domain.refresh_from_db()
        assert domain.proved_at, "found by itself"
        return domain

    def round(self, later, domain=None):
        """One round of beat, so much later."""
        at = timezone.now() + later
        with mock.patch("organizations.sign_in.domain_proofs.now", return_value=at):
            check_due_domains(at)
        if domain:
            domain.refresh_from_db()

    def notices(self, member):
        with scope(member.organization):
            rows = Notification.objects.filter(member=member, kind="sign_on_domain", read_at=None)
            return list(rows.values_list("title", flat=True))

    def test_a_record_that_is_gone_is_told_and_then_ends_it(self, proved, names, cast, issuer):
        names.forget()
        self.round(timedelta(days=1), proved)
        assert proved.proved_at
        assert self.notices(cast.olive) == ["The record that proves acme.example is gone"]
        assert self.notices(cast.lena) == []
        through(client := Client(), "acme")
        assert client.get("/o/acme/").status_code == 200, "it goes on meanwhile"
        self.round(timedelta(days=7), proved)
        assert proved.proved_at, "seven days from the notice on"
        self.round(timedelta(days=8, minutes=1), proved)
        assert proved.proved_at is None
        assert self.notices(cast.olive) == ["acme.example is no longer proved"]
        assert through(Client(), "acme").status_code == 403
        assert Client().post("/accounts/sign-on/", {"email": "nia@acme.example"}).status_code == 422
        with scope(cast.acme):
            assert AuditEntry.objects.get(verb="domain.lapsed").actor_kind == "system"

    def test_one_that_comes_back_is_as_before(self, proved, names, cast):
        names.forget()
        self.round(timedelta(days=1), proved)
        names.say(proved.host, proved.record)
        self.round(timedelta(days=2), proved)
        assert proved.missing_since is None
        assert self.notices(cast.olive) == []
        names.forget()
        self.round(timedelta(days=9), proved)
        assert proved.proved_at, "the days are counted anew"

    @pytest.mark.parametrize("how", ["SERVFAIL", "REFUSED", "silent", "garbage"])
    def test_an_outage_is_not_gone(self, proved, names, cast, how, settings):
        settings.DNS_TIMEOUT_SECONDS = 0.3
        names.fails["acme.example"] = how
        for days in (1, 5, 20, 40):
            self.round(timedelta(days=days), proved)
        assert proved.proved_at
        assert proved.missing_since is None
        assert self.notices(cast.olive) == []

    def test_another_text_in_its_place_is_gone(self, proved, names, cast):
        names.forget()
        names.say(proved.host, "socialops-domain=of-somebody-else")
        self.round(timedelta(days=1), proved)
        self.round(timedelta(days=9), proved)
        assert proved.proved_at is None

    def test_it_is_not_looked_for_at_every_round(self, proved, names):
        before = len(names.asked)
        self.round(timedelta(hours=1))
        self.round(timedelta(hours=2))
        assert len(names.asked) == before
        self.round(timedelta(hours=13))
        assert len(names.asked) == before + 1

    def test_what_was_entered_and_forgotten_is_let_be(self, domain, names):
        self.round(timedelta(days=29))
        assert len(names.asked) == 1
        self.round(timedelta(days=31))
        assert len(names.asked) == 1

    def test_the_operators_word_needs_no_record(self, domain, names, cast):
        with scope(cast.acme):
            prove_by_operator(System("command line"), cast.acme, "acme.example")
        for days in (1, 10, 20):
            self.round(timedelta(days=days), domain)
        assert domain.proved_at
        assert names.asked == []


class TestTheOperatorsWord:
    def call(self, *args):
        out = StringIO()
        call_command("prove_domain", *args, stdout=out)
        return json.loads(out.getvalue())

    def test_proves_it_and_is_written_down_as_the_systems(self, cast, issuer, client):
        claims(cast.olive, issuer)
        said = self.call("--organization", "acme", "--domain", "@ACME.example.")
        assert said == {"organization": "acme", "domain": "acme.example", "proved": True}
        with scope(cast.acme):
            entry = AuditEntry.objects.get(verb="domain.proved")
        assert (entry.actor_kind, entry.change) == ("system", {"proved_by": [None, "operator"]})
        assert (
            "Continue with <bdi>Acme</bdi>"
            in client.post("/accounts/sign-on/", {"email": "a@acme.example"}).content.decode()
        )

    def test_may_come_before_the_sign_on(self, cast, issuer, client):
        self.call("--organization", "acme", "--domain", "acme.example")
        claims(cast.olive, issuer)
        assert entered().proved_at

    def test_is_taken_back(self, cast, issuer):
        claims(cast.olive, issuer)
        self.call("--organization", "acme", "--domain", "acme.example")
        said = self.call("--organization", "acme", "--domain", "acme.example", "--take-back")
        assert said["proved"] is False
        with pytest.raises(CommandError, match="not proved for acme"):
            self.call("--organization", "acme", "--domain", "acme.example", "--take-back")

    def test_does_not_take_it_from_another(self, cast):
        self.call("--organization", "acme", "--domain", "acme.example")
        with pytest.raises(CommandError, match="proved for the organization “acme” already"):
            self.call("--organization", "globex", "--domain", "acme.example")
        self.call("--organization", "acme", "--domain", "acme.example")  # safe to repeat

    @pytest.mark.parametrize("name", ["com", "gmail.com", "co.uk", "", "x y", "\0"])
    def test_is_refused_for_what_is_nobodys_own(self, cast, name):
        with pytest.raises(CommandError, match="domains: "):
            self.call("--organization", "acme", "--domain", name)

    def test_of_an_organization_that_is_not_there(self, cast):
        with pytest.raises(CommandError, match="no organization"):
            self.call("--organization", "nowhere", "--domain", "acme.example")


class TestNames:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("ACME.Example", "acme.example"),
            ("@acme.example.", "acme.example"),
            ("bäcker.example", "xn--bcker-gra.example"),
            ("BÄCKER.example", "xn--bcker-gra.example"),
            ("ba\u0308cker.example", "xn--bcker-gra.example"),
            ("xn--bcker-gra.example", "xn--bcker-gra.example"),
            ("acme\u3002example", "acme.example"),
            ("faß.example", "xn--fa-hia.example"),
        ],
    )
    def test_are_compared_in_one_form(self, cast, issuer, written, meant):
        claims(cast.olive, issuer, domains=[written])
        assert entered(meant).name == meant
        claims(cast.olive, issuer, domains=[meant, written])
        assert SignOnDomain.unscoped.count() == 1

    @pytest.mark.parametrize(
        "name",
        [
            "gmail.com",
            "co.uk",
            "com.au",
            "or.jp",
            "公司.cn",
            "asso.fr",
            "foo.ck",
            "x.kawasaki.jp",
            "com.de",
            "github.io",
        ],
    )
    def test_below_which_anybody_has_one_are_nobodys_own(self, name):
        assert is_public_domain(normalize_domain(name))

    @pytest.mark.parametrize(
        "name", ["acme.co.uk", "go.de", "www.ck", "city.kawasaki.jp", "acme.github.io", "acme.example"]
    )
    def test_may_look_like_those(self, name):
        assert not is_public_domain(normalize_domain(name))

    @pytest.mark.parametrize(
        "email", ["Zoë@acme.example", "mıke@acme.example", "a b@acme.example", "nia@acme.example@x"]
    )
    def test_an_address_that_is_no_plain_one_opens_nothing(self, client, sign_on, come_in, issuer, email):
        sign_on()
        issuer.person["email"] = email
        assert come_in(client).status_code == 403

    def test_an_address_written_otherwise_is_the_same_persons(self, client, sign_on, come_in, issuer, cast):
        """bäcker.example here, xn--bcker-gra.example at the provider: one account, which has to agree."""
        with scope(cast.acme):
            user = User.objects.create_user("nia@bäcker.example", PASSWORD)
            Member.objects.create(user=user, organization=cast.acme, role="member")
        sign_on(domains=["bäcker.example"])
        issuer.person["email"] = "Nia@xn--bcker-gra.EXAMPLE"
        assert come_in(client)["Location"].endswith("/link/")
        assert User.objects.filter(email__startswith="nia").count() == 1


class TestAdmins:
    """See what there is, and change nothing: the provider speaks for owners too."""

    @pytest.fixture
    def admin(self, cast):
        with scope(cast.acme):
            return builders.member(cast.acme, "Ada", role="admin")

    def test_do_not_set_it_up(self, admin, cast, sign_in, issuer):
        with pytest.raises(PermissionDenied):
            claims(admin, issuer)
        client = sign_in(admin)
        given = {"issuer": issuer.url, "client_id": "c", "client_secret": "s", "domains": "acme.example"}
        assert client.post("/o/acme/settings/security/sign-on/", {**given, "default_role": "member"}).status_code == 403
        assert not OrganizationSignOn.unscoped.exists()

    def test_do_not_change_remove_or_prove_it(self, admin, domain, names, cast, sign_in):
        client = sign_in(admin)
        names.say(domain.host, domain.record)
        for path in ("sign-on/", "sign-on/remove/", f"domains/{domain.pk}/check/"):
            assert client.post(f"/o/acme/settings/security/{path}").status_code == 403
        with scope(cast.acme), pytest.raises(PermissionDenied):
            remove_sign_on(admin, cast.acme)
        assert names.asked == []

    def test_see_it(self, admin, domain, cast, sign_in):
        page = sign_in(admin).get("/o/acme/settings/security/").content.decode()
        assert "Only owners change it" in page
        assert "acme.example" in page
        assert "Not proved" in page
        assert domain.token not in page
        assert "Save the single sign-on" not in page
