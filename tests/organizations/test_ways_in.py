"""Every way into an account: seen by its owner in one place, taken away there, and asked about when the password is reset."""

import hashlib
import re
from time import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.management import call_command
from django.test import Client

from foundation.errors import PermissionDenied
from organizations.actions.invitations import invite_member
from organizations.actions.security import readmit_member, require_mfa
from organizations.actions.tokens import create_api_token
from organizations.actions.ways_in import remove_ways
from organizations.models import ApiToken, AuditEntry, Invitation, Member, SignOnIdentity, User
from organizations.queries.ways_in import ways_added_by_others
from organizations.tenancy import scope
from tests.builders import PASSWORD
from tests.rest.caller import Caller

PAGE = "/accounts/ways-in/"
ANOTHER = "another horse battery"


@pytest.fixture
def ed(cast):
    """A member of acme and globex, with one of everything in both."""
    user = cast.ed.user
    TOTP.activate(user, generate_totp_secret())
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Blue key", "credential": {}})
    RecoveryCodes.activate(user)
    with scope(cast.globex):
        there = Member.objects.create(user=user, organization=cast.globex, role="member")
        SignOnIdentity.objects.create(user=user, issuer="https://login.globex.example", subject="7")
        create_api_token(there, there, name="Till of globex")
    with scope(cast.acme):
        create_api_token(cast.ed, cast.ed, name="Wall of acme")
    return user


def furnished(user, cast):
    elsewhere = Client(headers={"User-Agent": "Elsewhere"})
    elsewhere.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    UserSession.objects.create(
        user=user, session_key=elsewhere.session.session_key, ip="203.0.113.9", user_agent="Elsewhere"
    )
    return elsewhere


def key_of(page: str, name: str) -> str:
    return re.search(rf'value="([\w-]+)"[^>]*><button[^>]*aria-label="Remove “{name}”', page)[1]


def verbs(organization):
    with scope(organization):
        return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_all_of_them_stand_in_one_place(ed, cast, sign_in):
    EmailAddress.objects.create(user=ed, email="eddy@home.example", verified=True)
    Invitation.unscoped.all().delete()
    other = Member.unscoped.filter(user=ed, organization=cast.globex)
    other.delete()
    with scope(cast.globex):
        invite_member(cast.mallory, email="eddy@home.example")
    furnished(ed, cast)
    page = sign_in(cast.ed).get(PAGE).content.decode()
    for name in ("Password", "Blue key", "Authenticator app", "Recovery codes", "https://login.globex.example"):
        assert name in page
    for name in ("Wall of acme", "Elsewhere", "203.0.113.9", "eddy@home.example"):
        assert name in page
    assert "Till of globex" not in page, "who left has no token that works"


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("Blue key", lambda user: Authenticator.objects.filter(user=user, type="webauthn")),
        ("Authenticator app", lambda user: Authenticator.objects.filter(user=user, type="totp")),
        ("Recovery codes", lambda user: Authenticator.objects.filter(user=user, type="recovery_codes")),
        ("Globex", lambda user: SignOnIdentity.unscoped.filter(user=user)),
        ("Till of globex", lambda user: ApiToken.unscoped.filter(name="Till of globex", revoked_at=None)),
        ("Elsewhere", lambda user: UserSession.objects.filter(user=user, user_agent="Elsewhere")),
    ],
)
def test_each_is_taken_away_and_written_down(ed, cast, sign_in, name, gone):
    elsewhere = furnished(ed, cast)
    client = sign_in(cast.ed)
    before = len(verbs(cast.globex))
    assert gone(ed).exists()
    answer = client.post(PAGE + "remove/", {"way": key_of(client.get(PAGE).content.decode(), name)}, follow=True)
    assert "lets nobody in any more" in answer.content.decode()
    assert not gone(ed).exists()
    assert len(verbs(cast.globex)) == before + 1
    assert (elsewhere.get("/o/acme/").status_code == 200) == (name != "Elsewhere")


def test_the_last_second_step_takes_its_recovery_codes_along(ed, cast, sign_in):
    client = sign_in(cast.ed)
    for name in ("Blue key", "Authenticator app"):
        client.post(PAGE + "remove/", {"way": key_of(client.get(PAGE).content.decode(), name)})
    assert not Authenticator.objects.filter(user=ed).exists()


def test_the_password_goes_where_a_key_stays(ed, cast, sign_in):
    client = sign_in(cast.ed)
    client.post(PAGE + "remove/", {"way": f"password-{ed.pk}"})
    assert not User.objects.get(pk=ed.pk).has_usable_password()
    assert client.get("/o/acme/").status_code == 200, "this session goes on"


def test_the_password_stays_where_it_is_all_there_is(cast, sign_in):
    client = sign_in(cast.ana)
    assert client.post(PAGE + "remove/", {"way": f"password-{cast.ana.user_id}"}).status_code == 409
    assert User.objects.get(pk=cast.ana.user_id).has_usable_password()


def test_nobody_takes_away_what_is_anothers(ed, cast, sign_in):
    client = sign_in(cast.mallory)
    for one in Authenticator.objects.filter(user=ed):
        for kind in ("passkey", "app", "codes"):
            assert client.post(PAGE + "remove/", {"way": f"{kind}-{one.pk}"}).status_code == 404
    token = ApiToken.unscoped.get(name="Till of globex")
    assert client.post(PAGE + "remove/", {"way": f"token-{token.pk}"}).status_code == 404
    assert client.post(PAGE + "remove/", {"way": f"password-{ed.pk}"}).status_code == 404


def test_an_invitation_is_declined(cast, sign_in):
    with scope(cast.globex):
        invitation = invite_member(cast.mallory, email="ed@acme.example")
        Invitation.objects.filter(pk=invitation.pk).update(digest=hashlib.sha256(b"link").hexdigest())
    client = sign_in(cast.ed)
    client.post(PAGE + "remove/", {"way": f"invitation-{invitation.pk}"})
    assert "taken back" in client.get("/join/link/").content.decode()
    assert verbs(cast.globex)[-1] == "invitation.declined"


def test_parting_from_a_provider_ends_what_came_in_by_it(cast, sign_on, comes_in):
    sign_on()
    borrowed = comes_in(cast.ed)
    own = Client()
    own.post("/accounts/login/", {"login": "ed@acme.example", "password": PASSWORD})
    identity = SignOnIdentity.unscoped.get(user=cast.ed.user)
    own.post(PAGE + "remove/", {"way": f"sign_on-{identity.pk}"})
    assert borrowed.get("/o/acme/")["Location"].startswith("/accounts/login/")
    assert own.get("/o/acme/").status_code == 200


class TestReset:
    """The mailbox makes a new password. What somebody else may have added is named, and the person decides."""

    @pytest.fixture
    def elsewhere(self, ed, cast):
        return furnished(ed, cast)

    @pytest.fixture
    def form(self, ed, elsewhere):
        """The page behind the link in the mail."""
        client = Client()
        client.post("/accounts/password/reset/", {"email": "ed@acme.example"})
        link = re.search(r"http://\S+/password/reset/key/\S+", mail.outbox[0].body)[0]
        where = client.get(link.partition("8000")[2])["Location"]

        def sent(**given):
            return client.post(where, {"password1": ANOTHER, "password2": ANOTHER, **given})

        return client.get(where).content.decode(), sent

    def ticked(self, page):
        return re.findall(r'name="ways" value="([\w-]+)"[^>]* checked', page)

    def test_each_is_named(self, form):
        page, _send = form
        for name in ("Blue key", "Authenticator app", "Recovery codes", "Globex", "Till of globex", "Wall of acme"):
            assert name in page
        assert len(self.ticked(page)) == 6
        assert "Every device is signed out" in page

    def test_without_an_answer_nothing_happens(self, form, ed):
        page, send = form
        answer = send(ways=self.ticked(page))
        assert "field__error" in answer.content.decode()
        assert User.objects.get(pk=ed.pk).check_password(PASSWORD)
        assert Authenticator.objects.filter(user=ed).count() == 3

    def test_what_is_ticked_goes(self, form, ed, cast):
        page, send = form
        with scope(cast.acme):
            _row, secret = create_api_token(cast.ed, cast.ed, name="Made after the page was drawn")
        assert send(others="remove", ways=self.ticked(page)).status_code == 302
        assert User.objects.get(pk=ed.pk).check_password(ANOTHER)
        assert not Authenticator.objects.filter(user=ed).exists()
        assert not SignOnIdentity.unscoped.filter(user=ed).exists()
        kept = ApiToken.unscoped.filter(member__user=ed, revoked_at=None).values_list("name", flat=True)
        assert list(kept) == ["Made after the page was drawn"]
        assert Caller(secret).get("profiles/").status_code == 200
        for organization in (cast.acme, cast.globex):
            assert {"password.changed", "mfa.removed", "token.revoked"} <= set(verbs(organization))
        assert "sign_on.unlinked" in verbs(cast.globex)

    def test_only_what_is_ticked(self, form, ed):
        page, send = form
        key = next(key for key in self.ticked(page) if key.startswith("passkey"))
        send(others="remove", ways=[key])
        assert sorted(Authenticator.objects.filter(user=ed).values_list("type", flat=True)) == [
            "recovery_codes",
            "totp",
        ]
        assert ApiToken.unscoped.filter(member__user=ed, revoked_at=None).count() == 2

    def test_all_may_be_kept(self, form, ed):
        _page, send = form
        assert send(others="keep").status_code == 302
        assert User.objects.get(pk=ed.pk).check_password(ANOTHER)
        assert Authenticator.objects.filter(user=ed).count() == 3

    def test_nothing_of_others_can_be_named(self, form, ed, cast):
        _page, send = form
        with scope(cast.acme):
            token, _ = create_api_token(cast.olive, cast.olive, name="Olives")
        assert send(others="remove", ways=[f"token-{token.pk}"]).status_code == 200
        token.refresh_from_db()
        assert token.revoked_at is None
        assert User.objects.get(pk=ed.pk).check_password(PASSWORD)

    def test_every_device_is_signed_out(self, form, elsewhere):
        _page, send = form
        assert elsewhere.get("/o/acme/").status_code == 200
        send(others="keep")
        assert elsewhere.get("/o/acme/").status_code == 302


def test_who_has_nothing_else_is_asked_nothing(cast):
    client = Client()
    client.post("/accounts/password/reset/", {"email": "ana@acme.example"})
    link = re.search(r"http://\S+/password/reset/key/\S+", mail.outbox[0].body)[0]
    where = client.get(link.partition("8000")[2])["Location"]
    assert "ways" not in client.get(where).content.decode()
    assert client.post(where, {"password1": ANOTHER, "password2": ANOTHER}).status_code == 302


def test_a_proof_lasts_five_minutes(cast, sign_in):
    client = sign_in(cast.ed)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time() - 301}]
    session.save()
    assert client.post(PAGE + "remove/", {"way": "x"})["Location"].startswith("/accounts/reauthenticate/")


class TestSecondStepByMail:
    """Who takes it away with the mailbox alone stays outside where one is required, until somebody there says so."""

    @pytest.fixture
    def held(self, cast, ed):
        TOTP.activate(cast.olive.user, generate_totp_secret())
        with scope(cast.acme):
            require_mfa(cast.olive, cast.acme, required=True)
        remove_ways(ed, ways_added_by_others(ed), by_mail=True)
        return ed

    def test_the_mailbox_alone_does_not_open_it(self, held, cast, sign_in, api):
        client = sign_in(cast.ed)
        TOTP.activate(held, generate_totp_secret())  # as whoever reads the mail would
        turned = client.get("/o/acme/")
        assert turned["Location"].startswith("/accounts/entry/acme/")
        assert "Ask an admin of <bdi>Acme</bdi>" in client.get(turned["Location"]).content.decode()
        assert client.get("/o/globex/").status_code == 200, "which asks for none"
        assert "let you in again" in api(cast.ed).get("profiles/").json()["detail"]
        assert "member.held_back" in verbs(cast.acme)

    def test_an_admin_lets_them_in(self, held, cast, sign_in):
        TOTP.activate(held, generate_totp_secret())
        page = sign_in(cast.olive)
        assert "Let them in again" in page.get(f"/o/acme/settings/people/{cast.ed.pk}/").content.decode()
        for _twice in range(2):
            page.post(f"/o/acme/settings/people/{cast.ed.pk}/let-in/")
        assert verbs(cast.acme).count("member.let_in_again") == 1
        assert "Let them in again" not in page.get(f"/o/acme/settings/people/{cast.ed.pk}/").content.decode()
        assert sign_in(cast.ed).get("/o/acme/").status_code == 200

    def test_an_admin_lets_no_owner_in(self, held, cast):
        with scope(cast.acme):
            Member.objects.filter(pk=cast.ed.pk).update(role="owner")
            Member.objects.filter(pk=cast.lena.pk).update(role="admin")
            with pytest.raises(PermissionDenied):
                readmit_member(Member.objects.get(pk=cast.lena.pk), Member.objects.get(pk=cast.ed.pk))

    def test_the_operator_does(self, held, cast):
        call_command("reset_mfa", "--email", held.email)
        assert Member.unscoped.filter(user=held, second_step_lost_at=None).count() == 2

    def test_who_keeps_one_is_not_held_back(self, cast, ed, sign_in):
        TOTP.activate(cast.olive.user, generate_totp_secret())
        with scope(cast.acme):
            require_mfa(cast.olive, cast.acme, required=True)
        remove_ways(ed, [way for way in ways_added_by_others(ed) if way.kind == "passkey"], by_mail=True)
        assert sign_in(cast.ed).get("/o/acme/").status_code == 200
