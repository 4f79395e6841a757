"""What a session may do with the account that it belongs to, by how it was signed in: one table over all account views.

The addresses below /accounts/ are walked from the URL tree, so that a new one is shut to a session through an
organization's provider until somebody opens it on purpose. Nia has no password at first and belongs to acme, through
its provider; globex, which has a provider of its own, has taken her in too.
"""

import hashlib
from time import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.test import Client
from django.urls import get_resolver

from organizations.actions.invitations import invite_member
from organizations.actions.tokens import create_api_token
from organizations.models import ApiToken, Invitation, Member, SignOnIdentity, User
from organizations.page_organization import LAST_ORGANIZATION
from organizations.tenancy import scope
from tests.builders import PASSWORD
from tests.guards.test_urls import ARGUMENT, GROUP
from tests.organizations import oidc
from tests.routes import walk

NIA = "nia@acme.example"
ANOTHER = "another horse battery"
RECORDS = "account_authentication_methods"

# Every address below /accounts/ and who may open it. open: also a session through a provider, for it changes nothing
# by itself. own: one's own sign-in. look: the same, and what is sent asks for a proof. proof: it asks before it opens.
VIEWS = {
    "2fa/": "look",
    "2fa/authenticate/": "open",
    "2fa/reauthenticate/": "own",
    "2fa/recovery-codes/": "proof",
    "2fa/recovery-codes/download/": "proof",
    "2fa/recovery-codes/generate/": "proof",
    "2fa/totp/activate/": "proof",
    "2fa/totp/deactivate/": "proof",
    "2fa/webauthn/": "look",
    "2fa/webauthn/add/": "proof",
    "2fa/webauthn/keys/<int:pk>/edit/": "proof",
    "2fa/webauthn/keys/<int:pk>/remove/": "proof",
    "2fa/webauthn/login/": "open",
    "2fa/webauthn/reauthenticate/": "open",
    "confirm-email/": "open",
    "confirm-email/(?P<key>[-:\\w]+)/": "open",
    "email/": "look",
    "entry/<slug:slug>/": "open",
    "inactive/": "open",
    "login/": "open",
    "login/code/confirm/": "open",
    "logo/<slug:slug>/": "open",
    "logout/": "open",
    "organization/new/": "own",
    "password/change/": "own",
    "password/reset/": "open",
    "password/reset/done/": "open",
    "password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/": "open",
    "password/reset/key/done/": "open",
    "password/set/": "proof",
    "reauthenticate/": "open",
    "sessions/": "look",
    "sessions/<int:pk>/end/": "proof",
    "sign-on/": "open",
    "sign-on/<slug:slug>/": "open",
    "sign-on/<slug:slug>/callback/": "open",
    "sign-on/<slug:slug>/link/": "look",
    "sign-on/<slug:slug>/link/<str:token>/": "open",
    "sign-on/<slug:slug>/link/mail/": "open",
    "signup/": "open",
    "ways-in/": "look",
    "ways-in/remove/": "proof",
}
BORROWED = ("through acme", "through globex")
OWN = ("password", "passkey", "invitation")
SHUT = ("/accounts/password/reset/", "/accounts/reauthenticate/")  # where a session is sent that may not go on


@pytest.fixture
def nia(sign_on, come_in, cast):
    sign_on()
    come_in(Client())
    user = User.objects.get(email=NIA)
    with scope(cast.globex):
        Member.objects.create(user=user, organization=cast.globex, role="member")
    return user


@pytest.fixture
def theirs(cast, nia, sign_on):
    """globex's provider, which knows Nia too."""
    with oidc.running() as issuer:
        issuer.person = {"sub": "g-7", "email": "nia@globex.example", "email_verified": True, "name": "Nia"}
        sign_on(by=cast.mallory, issuer=issuer.url, domains=["globex.example"])
        SignOnIdentity.unscoped.create(user=nia, organization=cast.globex, issuer=issuer.url, subject="g-7")
        yield issuer


@pytest.fixture
def session(nia, come_in, request, cast):
    """session(kind) -> a browser in which Nia is signed in that way; with `stale`, a while ago."""

    def begun(kind: str, *, stale: bool = False) -> Client:
        client = Client(headers={"User-Agent": kind})
        if kind in BORROWED:
            request.getfixturevalue("theirs")
            come_in(client, **({} if kind == "through acme" else {"start": "/accounts/sign-on/globex/"}))
        elif kind == "invitation":
            come_by_invitation(client, cast)
        else:
            nia.set_password(PASSWORD)
            nia.save()
            if kind == "password":
                client.post("/accounts/login/", {"login": NIA, "password": PASSWORD})
            else:
                sign_in_by_passkey(client, nia)
        assert SESSION_KEY in client.session
        if stale:
            age(client)
        return client

    return begun


def come_by_invitation(client, cast):
    """A new person, by a link that came by e-mail; of two organizations afterwards."""
    with scope(cast.acme):
        invitation = invite_member(cast.olive, email="ivo@acme.example")
        Invitation.objects.filter(pk=invitation.pk).update(digest=hashlib.sha256(b"the-link").hexdigest())
    client.post("/join/the-link/", {"name": "Ivo", "password": PASSWORD})
    with scope(cast.globex):
        Member.objects.create(user=person(client), organization=cast.globex, role="member")


def sign_in_by_passkey(client, user):
    """As django-allauth leaves the session; tests/browser/test_passkey_chain.py does it with a key."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    note(client, {"method": "mfa", "type": "webauthn", "passwordless": True, "at": time()})
    UserSession.objects.create(user=user, session_key=client.session.session_key, ip="203.0.113.8", user_agent="Key")


def note(client, *records):
    session = client.session
    session[RECORDS] = list(records)
    session.save()


def age(client):
    note(client, *({**record, "at": record["at"] - 3600} for record in client.session.get(RECORDS, [])))


def person(client) -> User:
    return User.objects.get(pk=client.session[SESSION_KEY])


def routes() -> list[str]:
    found = [path for path, _ in walk(get_resolver().url_patterns) if path.startswith("accounts/")]
    return [path.removeprefix("accounts/") for path in found]


def address(path: str) -> str:
    words = {"slug": "acme", "pk": "1", "key": "x-y", "uidb36": "1", "token": "x"}
    return "/accounts/" + ARGUMENT.sub(lambda match: words[match[1]], GROUP.sub(lambda match: words[match[1]], path))


def turned_away(answer) -> bool:
    """Sent to a proof of one's own: by the password, or by the mailbox where there is none."""
    return answer.status_code == 302 and answer["Location"].startswith(SHUT)


def credentials_of(user: User) -> dict[str, object]:
    """Everything that opens the account."""
    user.refresh_from_db()
    return {
        "password": user.password,
        "email": user.email,
        "authenticators": sorted(Authenticator.objects.filter(user=user).values_list("pk", "type")),
        "codes": [str(one.data) for one in Authenticator.objects.filter(user=user, type="recovery_codes")],
        "addresses": sorted(EmailAddress.objects.filter(user=user).values_list("email", "verified", "primary")),
        "sign-ons": sorted(SignOnIdentity.unscoped.filter(user=user).values_list("pk", flat=True)),
        "tokens": sorted(ApiToken.unscoped.filter(member__user=user, revoked_at=None).values_list("pk", flat=True)),
        "sessions": sorted(UserSession.objects.filter(user=user).values_list("session_key", flat=True)),
    }


def test_every_account_view_stands_in_the_table():
    missing = sorted(set(routes()) ^ set(VIEWS))
    assert not missing, (
        f"{missing}: who may open it? Add it to VIEWS here and, unless it is shut, to organizations/sign_in/account_access.py."
    )


@pytest.mark.parametrize("kind", BORROWED)
def test_a_session_through_a_provider_opens_what_is_open_and_nothing_else(kind, session):
    client = session(kind)
    before, wrong = credentials_of(person(client)), []
    for path, need in VIEWS.items():
        if path in ("logout/", "sign-on/<slug:slug>/callback/"):
            continue  # ends it / tests/organizations/test_sign_on.py
        for answer in (client.get(address(path)), client.post(address(path), {"name": "x", "email": "e@evil.example"})):
            if need == "open":
                fine = answer.status_code < 500 and not answer.get("Location", "").startswith(SHUT[1])
            else:
                fine = turned_away(answer)
            if not fine:
                wrong.append(f"{path} ({need}) answered {answer.status_code} {answer.get('Location', '')}")
    assert wrong == []
    assert credentials_of(person(client)) == before


@pytest.mark.parametrize("kind", OWN)
def test_ones_own_sign_in_is_asked_for_a_fresh_proof(kind, session):
    client, wrong = session(kind, stale=True), []
    for path, need in VIEWS.items():
        if path in ("logout/", "sign-on/<slug:slug>/callback/") or path.endswith("reauthenticate/"):
            continue  # the last are where the proof is given
        looked, sent = client.get(address(path)), client.post(address(path), {"name": "x"})
        asked = [turned_away(answer) and answer["Location"].startswith(SHUT[1]) for answer in (looked, sent)]
        wanted = {"open": [False, False], "own": [False, False], "look": [False, True], "proof": [True, True]}[need]
        if asked != wanted:
            wrong.append(f"{path} ({need}): asked when looked at, when sent: {asked}")
    assert wrong == []


def test_who_is_not_signed_in_finds_nothing(nia, cast, api):
    """Nor does a token, which is no session."""
    with scope(cast.acme):
        caller = api(Member.objects.get(user=nia))
    before = credentials_of(nia)
    for headers in ({}, {"Authorization": f"Bearer {caller.secret}"}):
        client = Client(headers=headers)
        client.raise_request_exception = False  # some of django-allauth's views ask for the person too late
        for path, need in VIEWS.items():
            for answer in (client.get(address(path)), client.post(address(path), {"name": "x"})):
                if need != "open":
                    assert answer.status_code != 200, path
        assert client.get("/o/acme/")["Location"].startswith("/accounts/login/")
    assert credentials_of(nia) == before


ORGANIZATIONS = {
    "password": ["acme", "globex"],
    "passkey": ["acme", "globex"],
    "invitation": ["acme", "globex"],
    "through acme": ["acme"],
    "through globex": ["globex"],
}


@pytest.mark.parametrize("kind", ORGANIZATIONS)
def test_which_organizations_open(kind, session):
    client = session(kind)
    assert [slug for slug in ("acme", "globex") if client.get(f"/o/{slug}/").status_code == 200] == ORGANIZATIONS[kind]


@pytest.mark.parametrize("kind", ORGANIZATIONS)
@pytest.mark.parametrize("last", ["acme", "globex"])
def test_no_other_stands_around_any_page(kind, last, session, cast):
    """Not though the session says that it was open last: neither around one's account nor around an error."""
    client = session(kind)
    kept = client.session
    kept[LAST_ORGANIZATION] = getattr(cast, last).pk
    kept.save()
    shut = {"acme", "globex"} - set(ORGANIZATIONS[kind])
    paths = [address(path) for path in VIEWS if path not in ("logout/", "sign-on/<slug:slug>/callback/")]
    seen = set()
    for path in (*paths, "/nothing/", "/o/nobody/"):
        page = client.get(path).content.decode()
        seen |= {slug for slug in ("acme", "globex") if f'href="/o/{slug}/inbox/"' in page}
    assert not seen & shut
    assert last in seen or last in shut


@pytest.mark.parametrize("kind", [*BORROWED, "password"])
def test_joining_opens_nothing_to_a_borrowed_session(kind, session, cast, nia):
    client = session(kind)
    with scope(cast.acme):
        Member.objects.filter(user=nia).delete() if kind == "through globex" else None
    inviting = cast.acme if kind == "through globex" else cast.globex
    owner = cast.olive if kind == "through globex" else cast.mallory
    with scope(inviting):
        Member.objects.filter(user=nia).delete()
        invitation = invite_member(owner, email=NIA)
        Invitation.objects.filter(pk=invitation.pk).update(digest=hashlib.sha256(b"the-link").hexdigest())
    before = credentials_of(nia)
    assert client.post("/join/the-link/").status_code == 302
    with scope(inviting):
        assert Member.objects.filter(user=nia).exists()
    assert (client.get(f"/o/{inviting.slug}/").status_code == 200) == (kind == "password")
    assert credentials_of(nia) == before


# --- Changes of what opens the account, each made for real --------------------------------------------------------
def add_app(client, user):
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session.get("mfa.totp.secret") or generate_totp_secret()
    counter = next(iter(yield_hotp_counters_from_time()))
    client.post("/accounts/2fa/totp/activate/", {"code": format_hotp_value(hotp_value(secret, counter))})


def remove_app(client, user):
    client.post("/accounts/2fa/totp/deactivate/")


def make_codes(client, user):
    client.post("/accounts/2fa/recovery-codes/generate/")


def remove_key(client, user):
    key = Authenticator.objects.get(user=user, type="webauthn")
    client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")


def add_address(client, user):
    client.post("/accounts/email/", {"action_add": "", "email": "more@acme.example"})


def remove_address(client, user):
    client.post("/accounts/email/", {"action_remove": "", "email": "second@acme.example"})


def main_address(client, user):
    client.post("/accounts/email/", {"action_primary": "", "email": "second@acme.example"})


def change_password(client, user):
    given = {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER}
    client.post("/accounts/password/change/", given)


def make_token(client, user):
    for slug in ("acme", "globex"):
        client.post(f"/o/{slug}/settings/tokens/", {"name": "Wall", "days": "30", "scopes": ["read"]})


def end_others(client, user):
    client.post("/accounts/sessions/")


def end_one(client, user):
    other = UserSession.objects.filter(user=user).exclude(session_key=client.session.session_key).first()
    client.post(f"/accounts/sessions/{other.pk}/end/")


def remove_way(kind):
    def removed(client, user):
        from organizations.queries.ways_in import ways_in

        key = next((way.key for way in ways_in(user) if way.kind == kind), f"{kind}-{user.pk}")
        client.post("/accounts/ways-in/remove/", {"way": key})

    removed.__name__ = f"remove_{kind}"
    return removed


CHANGES = [add_app, remove_app, make_codes, remove_key, add_address, remove_address, main_address]
CHANGES += [change_password, make_token, end_others, end_one]
CHANGES += [remove_way(kind) for kind in ("password", "passkey", "app", "codes", "sign_on", "token")]
ASKS_ITSELF = (change_password,)  # for the old password


@pytest.fixture
def furnished(cast):
    """furnished(client): the person has one of everything, and another browser."""

    def made(client, but=None):
        user = person(client)
        if but is not add_app:
            TOTP.activate(user, generate_totp_secret())
        Authenticator.objects.create(user=user, type="webauthn", data={"name": "Laptop", "credential": {}})
        RecoveryCodes.activate(user)
        EmailAddress.objects.create(user=user, email="second@acme.example", verified=True)
        EmailAddress.objects.filter(user=user, email=user.email).update(verified=True, primary=True)
        with scope(cast.acme):
            member = Member.objects.get(user=user)
            create_api_token(member, member, name="Shop")
            SignOnIdentity.objects.get_or_create(user=user, issuer="https://a.example", subject="one")
        other = Client(headers={"User-Agent": "Other"})
        other.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        UserSession.objects.create(
            user=user, session_key=other.session.session_key, ip="203.0.113.9", user_agent="Other"
        )
        UserSession.objects.purge_and_list(user)
        return user

    return made


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("kind", [*BORROWED, *OWN])
def test_what_opens_the_account_changes_by_a_fresh_proof_alone(kind, change, session, furnished, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "change_password": "100/m/user"}
    client = session(kind)
    user = furnished(client, but=change)
    if kind in OWN and change not in ASKS_ITSELF:
        age(client)
    if not (kind in OWN and change in ASKS_ITSELF):
        before = credentials_of(user)
        change(client, user)
        assert credentials_of(user) == before, f"{change.__name__} was done without a proof"
    if kind in OWN:
        note(client, {"method": "password", "at": time()})
        before = credentials_of(user)
        change(client, user)
        assert credentials_of(user) != before, f"{change.__name__} does nothing at all: the test is wrong"


class TestOnesOwnAgain:
    """A session through a provider becomes the person's own by what would have signed them in without it."""

    def prove(self, client, password=PASSWORD):
        return client.post("/accounts/reauthenticate/?next=/accounts/ways-in/", {"password": password})

    @pytest.fixture
    def client(self, session, nia):
        nia.set_password(PASSWORD)
        nia.save()
        return session("through acme")

    def test_by_the_password(self, client):
        assert client.get("/accounts/2fa/totp/activate/")["Location"].startswith("/accounts/reauthenticate/?next=")
        assert self.prove(client)["Location"] == "/accounts/ways-in/"
        assert client.get("/accounts/ways-in/").status_code == 200
        assert client.get("/accounts/2fa/totp/activate/").status_code == 200
        assert client.get("/o/globex/").status_code == 200
        assert client.get("/o/acme/").status_code == 200, "it came through acme all the same"

    def test_not_by_a_wrong_one(self, client):
        self.prove(client, "wrong")
        assert turned_away(client.get("/accounts/ways-in/"))
        assert client.get("/o/globex/").status_code == 302

    def test_not_by_the_code_of_an_app(self, client, nia):
        """Which never signs in alone."""
        secret = generate_totp_secret()
        TOTP.activate(nia, secret)
        code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
        client.post("/accounts/2fa/reauthenticate/", {"code": code})
        assert turned_away(client.get("/accounts/ways-in/"))
        assert client.get("/o/globex/").status_code == 302

    def test_where_the_provider_is_the_only_way_in_too(self, client, sign_on, cast, nia):
        """The password confirms then, though it does not sign in."""
        with scope(cast.globex):
            Member.objects.filter(user=nia).delete()
        sign_on(required=True)
        self.prove(client)
        assert client.get("/accounts/ways-in/").status_code == 200

    def test_what_was_sent_before_is_not_done_after_it(self, client, nia):
        client.post("/accounts/email/", {"action_add": "", "email": "e@evil.example"})
        self.prove(client)
        assert not EmailAddress.objects.filter(email="e@evil.example").exists()


def test_without_anything_of_their_own_the_mailbox_decides(session, nia):
    client = session("through acme")
    page = client.get("/accounts/2fa/webauthn/add/", follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/password/reset/"
    assert "opens that organization only" in page.content.decode()
    client.post("/accounts/password/reset/", {"email": NIA})
    assert [message.to for message in mail.outbox] == [[NIA]]
    assert not nia.has_usable_password()


def test_another_organizations_provider_is_no_word_of_the_persons_own(cast, nia, come_in, sign_on):
    """Signed in through acme, globex's provider says it is she: that alone does not link the two."""
    EmailAddress.objects.create(user=User.objects.get(email=NIA), email="nia@globex.example", verified=True)
    with oidc.running() as issuer:
        issuer.person = {"sub": "g-8", "email": "nia@globex.example", "email_verified": True, "name": "Nia"}
        sign_on(by=cast.mallory, issuer=issuer.url, domains=["globex.example"])
        come_in(client := Client())
        link = "/accounts/sign-on/globex/link/"
        assert come_in(client, start="/accounts/sign-on/globex/")["Location"] == link
        assert client.post(link).status_code == 403
        assert not SignOnIdentity.unscoped.filter(subject="g-8").exists()


class TestTokens:
    """Where sign-on is required, a token is no way around it."""

    def test_one_made_without_it_stops(self, cast, sign_in, sign_on, api):
        caller, olives = api(cast.ed), api(cast.olive)
        assert caller.get("profiles/").status_code == 200
        sign_on(required=True)
        refused = caller.get("profiles/")
        assert refused.status_code == 403
        assert "made without it" in refused.json()["detail"]
        assert olives.get("profiles/").status_code == 200, "owners keep their way in"
        assert (
            "Made without the single sign-on"
            in sign_in(cast.olive).get("/o/acme/settings/security/tokens/").content.decode()
        )

    def test_one_made_through_it_works(self, cast, comes_in, sign_on):
        from tests.rest.caller import Caller

        sign_on(required=True)
        client = comes_in(cast.ed)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        page = client.post("/o/acme/settings/tokens/", {"name": "Wall", "days": "30", "scopes": ["read"]})
        secret = page.content.decode().partition("<code>")[2].partition("</code>")[0]
        assert Caller(secret).get("profiles/").status_code == 200

    def test_one_of_the_servers_operator_works(self, cast, sign_on):
        from socialops.management.command import COMMAND_LINE
        from tests.rest.caller import Caller

        sign_on(required=True)
        with scope(cast.acme):
            _row, secret = create_api_token(COMMAND_LINE, cast.ed, name="Till")
        assert Caller(secret).get("profiles/").status_code == 200
