"""Whom an organization's provider may let in, rule by rule and from both sides, and what is written down of it."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.utils.timezone import now

from organizations.actions import admitting
from organizations.actions.admitting import AccountNotLinked, admit_by_sign_on, link_identity
from organizations.actions.domains import prove_by_operator
from organizations.actions.sign_on import set_sign_on
from organizations.models import (
    AuditEntry,
    Member,
    Organization,
    OrganizationSignOn,
    SignOnDomain,
    SignOnIdentity,
    User,
)
from organizations.sign_in.oidc import Claims, SignOnFailed
from organizations.tenancy import scope
from tests.builders import PASSWORD
from tests.organizations.conftest import OPERATOR

pytestmark = pytest.mark.usefixtures("in_acme")
ISSUER = "https://login.example"
GIVEN: dict[str, Any] = {"issuer": ISSUER, "client_id": "c", "client_secret": "s", "default_role": "viewer"}


def said(subject: str = "7", email: str = "nia@acme.example", **more: Any) -> Claims:
    return Claims(
        **{"issuer": ISSUER, "subject": subject, "email": email, "email_verified": True, "name": "Nia"} | more
    )


@pytest.fixture
def provider(cast) -> OrganizationSignOn:
    made = set_sign_on(cast.olive, cast.acme, **GIVEN, domains=["acme.example", "bäcker.example"], required=False)
    for name in ("acme.example", "bäcker.example"):
        prove_by_operator(OPERATOR, cast.acme, name)
    return made


def refused(what: str, provider: OrganizationSignOn, claims: Claims, **more: Any) -> None:
    with pytest.raises(SignOnFailed) as met:
        admit_by_sign_on(provider, claims, **more)
    assert what in met.value.user_message


def entries(verb: str) -> list[tuple[str, str, str, dict]]:
    found = AuditEntry.objects.filter(verb=verb).order_by("pk")
    return [(one.actor_kind, one.actor_name, one.target_name, one.change) for one in found]


class TestANewPerson:
    def test_becomes_a_member_with_the_default_role_and_a_confirmed_address(self, cast, provider):
        member = admit_by_sign_on(provider, said())
        assert (member.role, member.organization, member.user.email, member.user.name) == (
            "viewer",
            cast.acme,
            "nia@acme.example",
            "Nia",
        )
        assert not member.user.has_usable_password()
        address = EmailAddress.objects.get(user=member.user)
        assert (address.email, address.verified, address.primary) == ("nia@acme.example", True, True)
        row = SignOnIdentity.objects.get()
        assert (row.user, row.issuer, row.subject, row.organization) == (member.user, ISSUER, "7", cast.acme)
        assert entries("sign_on.linked") == [
            (
                "system",
                "sign-on",
                "Nia",
                {"subject": "7", "issuer": ISSUER, "agreed": "new", "set_up_by": provider.set_up_by},
            )
        ]
        assert provider.set_up_by == f"olive@acme.example (member {cast.olive.pk})"
        assert entries("member.added")[-1][:3] == ("system", "sign-on", "Nia")

    def test_is_the_same_the_second_time_whatever_the_address(self, provider):
        first = admit_by_sign_on(provider, said())
        assert admit_by_sign_on(provider, said(email="nia.new@acme.example")) == first
        assert SignOnIdentity.objects.count() == 1
        assert admit_by_sign_on(provider, said("8", "uma@acme.example")) != first
        assert entries("sign_on.continued") == []

    def test_who_is_signed_in_already_goes_on_and_that_is_told(self, provider):
        first = admit_by_sign_on(provider, said())
        assert admit_by_sign_on(provider, said(), current=first.user) == first
        assert entries("sign_on.continued") == [
            ("member", "Nia", "Nia", {"issuer": ISSUER, "set_up_by": provider.set_up_by})
        ]
        OrganizationSignOn.objects.update(set_up_by="")
        admit_by_sign_on(provider, said(), current=first.user)
        assert entries("sign_on.continued")[-1][3] == {"issuer": ISSUER, "set_up_by": None}

    def test_another_with_an_account_has_to_agree(self, provider, cast):
        with pytest.raises(AccountNotLinked) as met:
            admit_by_sign_on(provider, said(email="lena@acme.example"))
        assert met.value.user_message == "There is a sign-in with your address already: it has to agree first."
        assert not SignOnIdentity.objects.exists()


class TestAuthority:
    @pytest.mark.parametrize(
        ("claims", "why"),
        [
            ({"email_verified": False}, "has not confirmed your e-mail address"),
            ({"email": "nia@elsewhere.example"}, "is not one of those that may sign in"),
            ({"issuer": "https://other.example"}, "changed its sign-on in the meantime"),
        ],
    )
    def test_ends_where_the_provider_has_none(self, provider, claims, why):
        refused(why, provider, said(**claims))
        assert not SignOnIdentity.objects.exists()

    def test_is_that_of_a_domain_that_was_proved(self, provider):
        SignOnDomain.objects.update(proved_at=None)
        refused("has not proved that bäcker.example is its own", provider, said(email="nia@xn--bcker-gra.example"))

    @pytest.mark.parametrize(("left", "in_time"), [(timedelta(days=1), True), (-timedelta(seconds=1), False)])
    def test_of_one_entered_before_is_for_whom_it_let_in_and_for_a_time(self, provider, left, in_time):
        member = admit_by_sign_on(provider, said())
        SignOnDomain.objects.update(proved_at=None, known_until=now() + left)
        refused("has not proved", provider, said("8", "otto@acme.example"))
        if in_time:
            assert admit_by_sign_on(provider, said()) == member
        else:
            refused("has not proved", provider, said())

    def test_of_one_entered_before_ends_when_another_has_proved_it(self, provider, cast):
        admit_by_sign_on(provider, said())
        SignOnDomain.objects.update(proved_at=None, known_until=now() + timedelta(days=1))
        SignOnDomain.unscoped.create(organization=cast.globex, name="other.example", proved_at=now())
        assert admit_by_sign_on(provider, said())
        with scope(cast.globex):
            SignOnDomain.objects.update(name="acme.example")
        refused("has not proved", provider, said())


class TestAKnownPerson:
    def test_is_not_called_by_the_address_of_somebody_else(self, provider):
        admit_by_sign_on(provider, said())
        refused("by the address of somebody else", provider, said(email="lena@acme.example"))

    def test_has_the_address_confirmed_that_is_theirs(self, provider):
        member = admit_by_sign_on(provider, said())
        EmailAddress.objects.update(verified=False)
        SignOnDomain.objects.update(proved_at=None, known_until=now() + timedelta(days=1))
        admit_by_sign_on(provider, said())
        assert not EmailAddress.objects.get(user=member.user).verified
        SignOnDomain.objects.update(proved_at=now())
        admit_by_sign_on(provider, said(email="other@acme.example"))
        assert not EmailAddress.objects.get(user=member.user).verified
        admit_by_sign_on(provider, said())
        assert EmailAddress.objects.get(user=member.user).verified

    def test_who_left_or_is_switched_off_stays_outside(self, provider):
        member = admit_by_sign_on(provider, said())
        Member.objects.filter(pk=member.pk).update(left_at=now())
        refused("You are not a member of this organization any more", provider, said())
        User.objects.filter(pk=member.user_id).update(is_active=False)
        refused("This sign-in is switched off", provider, said())

    def test_is_known_by_issuer_and_subject(self, provider):
        member = admit_by_sign_on(provider, said())
        assert admitting.find_linked_user(said()) == member.user
        assert admitting.find_linked_user(said("8")) is None
        assert admitting.find_linked_user(said(issuer="https://other.example")) is None

    def test_is_one_person_at_the_provider(self, provider):
        member = admit_by_sign_on(provider, said())
        refused("belongs to another person at the identity provider", provider, said("8"))
        SignOnIdentity.objects.update(issuer="https://old.example")
        with pytest.raises(AccountNotLinked):
            admit_by_sign_on(provider, said("8"))
        SignOnIdentity.objects.update(issuer=ISSUER)
        with pytest.raises(SignOnFailed, match="another person at the identity provider"):
            link_identity(provider, said("8"), member.user, agreed="signed in")


class TestAgreeing:
    def test_links_an_account_and_makes_a_member_of_it(self, provider, cast):
        stranger = User.objects.create_user("otto@acme.example", PASSWORD)
        member = link_identity(provider, said(email="otto@acme.example"), stranger, agreed="signed in")
        assert (member.user, member.role) == (stranger, "viewer")
        assert SignOnIdentity.objects.get().user == stranger
        assert EmailAddress.objects.get(user=stranger).verified
        assert entries("sign_on.linked")[-1][3]["agreed"] == "signed in"
        assert stranger.has_usable_password()
        assert link_identity(provider, said(email="otto@acme.example"), stranger, agreed="signed in") == member
        assert SignOnIdentity.objects.count() == 1

    @pytest.mark.parametrize(("confirmed", "stays"), [(False, False), (True, True)])
    def test_by_mail_takes_the_ways_in_of_whoever_had_not_confirmed_the_address(self, provider, confirmed, stays):
        stranger = User.objects.create_user("otto@acme.example", PASSWORD)
        EmailAddress.objects.create(user=stranger, email="Otto@acme.example", verified=confirmed)
        link_identity(provider, said(email="otto@acme.example"), stranger, agreed="by mail")
        stranger.refresh_from_db()
        assert stranger.has_usable_password() is stays

    def test_by_mail_takes_a_second_step_away_so_that_an_admin_elsewhere_lets_the_person_in_again(self, provider, cast):
        stranger = User.objects.create_user("otto@acme.example", PASSWORD)
        Authenticator.objects.create(user=stranger, type=Authenticator.Type.TOTP, data={})
        Organization.objects.filter(pk=cast.globex.pk).update(require_mfa=True)
        with scope(cast.globex):
            member = Member.objects.create(user=stranger, organization=cast.globex, role="member")
        link_identity(provider, said(email="otto@acme.example"), stranger, agreed="by mail")
        with scope(cast.globex):
            member.refresh_from_db()
        assert not Authenticator.objects.filter(user=stranger).exists()
        assert member.second_step_lost_at is not None

    def test_is_no_word_for_another_account_or_another_person(self, provider, cast):
        nia = admit_by_sign_on(provider, said()).user
        for claims, user in (
            (said(email="lena@acme.example"), cast.lena.user),  # who is Nia at the provider
            (said("9", "lena@acme.example"), nia),
        ):
            with pytest.raises(SignOnFailed, match="belongs to somebody else by now"):
                link_identity(provider, claims, user, agreed="signed in")

    def test_needs_a_proved_domain_although_somebody_is_known(self, provider, cast):
        nia = admit_by_sign_on(provider, said()).user
        SignOnDomain.objects.update(proved_at=None, known_until=now() + timedelta(days=1))
        with pytest.raises(SignOnFailed, match="has not proved"):
            link_identity(provider, said(), nia, agreed="signed in")
        with pytest.raises(SignOnFailed, match="in the meantime"):
            link_identity(provider, said(issuer="https://other.example"), nia, agreed="signed in")


class TestWhoseAddressItIs:
    def test_is_the_account_s_that_confirmed_it_before_the_one_that_signs_in_by_it(self, cast):
        assert admitting.account_of("LENA@acme.example") == cast.lena.user
        row = EmailAddress.objects.create(user=cast.ed.user, email="lena@acme.example", verified=False)
        assert admitting.account_of("lena@acme.example") == cast.lena.user
        row.verified = True
        row.save()
        assert admitting.account_of("lena@acme.example") == cast.ed.user
        assert admitting.account_of("nobody@acme.example") is None

    def test_is_found_by_the_domain_in_either_writing(self):
        otto = User.objects.create_user("otto@bäcker.example", PASSWORD)
        assert admitting.account_of("otto@xn--bcker-gra.example") == otto
        uma = User.objects.create_user("uma@xn--bcker-gra.example", PASSWORD)
        assert admitting.account_of("uma@xn--bcker-gra.example") == uma
        assert admitting.account_of("ann@xn--bcker-gra.example") is None

    def test_is_confirmed_by_its_own_account_alone(self, cast):
        EmailAddress.objects.create(user=cast.ed.user, email="Ed@acme.example", verified=True)
        EmailAddress.objects.create(user=cast.lena.user, email="lena@acme.example", verified=False)
        assert admitting.is_confirmed_email(cast.ed.user, "ed@acme.example") is True
        assert admitting.is_confirmed_email(cast.lena.user, "ed@acme.example") is False
        assert admitting.is_confirmed_email(cast.lena.user, "lena@acme.example") is False
        assert admitting.is_confirmed_email(cast.ed.user, "eddy@acme.example") is False

    @pytest.mark.parametrize(
        ("email", "has", "primary"),
        [
            ("lena@acme.example", False, True),
            ("lena@acme.example", True, False),
            ("other@acme.example", False, False),
        ],
    )
    def test_becomes_the_first_where_it_is_what_one_signs_in_with(self, cast, email, has, primary):
        if has:
            EmailAddress.objects.create(user=cast.lena.user, email="old@acme.example", primary=True, verified=False)
        admitting.confirm_email(cast.lena.user, email)
        row = EmailAddress.objects.get(user=cast.lena.user, email=email)
        assert (row.verified, row.primary) == (True, primary)
        row.verified = False
        row.save()
        admitting.confirm_email(cast.lena.user, email.upper())
        assert EmailAddress.objects.get(pk=row.pk).verified
        assert EmailAddress.objects.filter(user=cast.lena.user).count() == 1 + has

    def test_is_confirmed_for_whom_the_provider_means_although_somebody_else_has_entered_it(self, cast):
        theirs = EmailAddress.objects.create(user=cast.ed.user, email="lena@acme.example", primary=True, verified=False)
        EmailAddress.objects.create(user=cast.lena.user, email="old@acme.example", primary=False, verified=True)
        admitting.confirm_email(cast.lena.user, "lena@acme.example")
        theirs.refresh_from_db()
        assert not theirs.verified
        mine = EmailAddress.objects.get(user=cast.lena.user, email="lena@acme.example")
        assert (mine.verified, mine.primary) == (True, True)
