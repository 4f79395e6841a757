"""What is asked of an identity provider, and which of its answers hold: each of them made wrong in one place."""

import base64
import hashlib
import json
import time
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from foundation.internet.http import Fate, TransportFault
from organizations.sign_in import oidc
from organizations.sign_in.oidc import (
    Claims,
    PendingSignOn,
    Provider,
    SignOnFailed,
    begin_sign_on,
    discover_provider,
    finish_sign_on,
)

ISSUER = "https://login.example"
DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"
KEYS = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]
PENDING = PendingSignOn("state", "nonce", "verifier", ISSUER)
SIGN_ON: Any = SimpleNamespace(issuer=ISSUER, client_id="c", client_secret="s")


def key(number: int = 0, **more: Any) -> dict[str, Any]:
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEYS[number].public_key()))
    return {**public, "kid": f"k{number}", "use": "sig", "alg": "RS256", **more}


def without(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


class Web:
    """Answers by address, and what was asked of it; None is an answer that did not come."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict]] = []
        self.document: dict[str, Any] = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "userinfo_endpoint": f"{ISSUER}/userinfo",
        }
        self.person: dict[str, Any] = {"email": "Nia@acme.example", "email_verified": True, "name": " Nia\nNew "}
        self.token: dict[str, Any] = {}
        self.lasts = 300  # seconds
        self.head: dict[str, Any] = {"kid": "k0"}
        self.keys: Any = [key()]
        self.userinfo: Any = {}

    def __call__(self, method: str, url: str, **options: Any) -> Any:
        self.asked.append((method, url, options))
        answers = {
            DISCOVERY: lambda: self.document,
            f"{ISSUER}/token": lambda: {"id_token": self.id_token(), "access_token": "at"},
            f"{ISSUER}/keys": lambda: {"keys": self.keys},
            f"{ISSUER}/userinfo": lambda: self.userinfo,
        }
        answer = answers[url]()
        if answer is None:
            raise TransportFault(Fate.NOT_SENT, "no route")
        return answer

    def id_token(self) -> str:
        at = int(time.time())
        claims = {"iss": ISSUER, "aud": "c", "iat": at, "exp": at + self.lasts, "nonce": "nonce", "sub": "7"}
        return jwt.encode(without({**claims, **self.person, **self.token}), KEYS[0], "RS256", without(self.head))


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    found = Web()
    monkeypatch.setattr(oidc, "fetch_json", found)
    return found


def asserted(**more: Any) -> Claims:
    return Claims(**{"issuer": ISSUER, "subject": "7", "email": "nia@acme.example"} | {"email_verified": True} | more)


def come(pending: PendingSignOn = PENDING) -> Claims:
    return finish_sign_on(SIGN_ON, pending, "https://here/back", "code")


def refused(what: str) -> None:
    with pytest.raises(SignOnFailed) as met:
        come()
    assert what in met.value.user_message


class TestTheProvidersDocument:
    def test_says_where_everything_is(self, web: Web) -> None:
        assert discover_provider(ISSUER) == Provider(
            ISSUER, f"{ISSUER}/authorize", f"{ISSUER}/token", f"{ISSUER}/keys", f"{ISSUER}/userinfo", basic=True
        )
        assert web.asked == [("GET", DISCOVERY, {})]

    def test_stands_beneath_the_issuer_with_or_without_a_slash(self, web: Web) -> None:
        web.document["issuer"] = f"{ISSUER}/"
        assert discover_provider(f"{ISSUER}/").issuer == f"{ISSUER}/"
        assert web.asked[0][1] == DISCOVERY

    @pytest.mark.parametrize(
        ("methods", "basic"),
        [
            (["client_secret_basic"], True),
            (["client_secret_basic", "client_secret_post"], False),
            (["client_secret_post"], False),
            ([], True),
        ],
    )
    def test_says_how_the_secret_is_given(self, web: Web, methods: list[str], basic: bool) -> None:
        web.document |= {"token_endpoint_auth_methods_supported": methods, "userinfo_endpoint": None}
        found = discover_provider(ISSUER)
        assert (found.basic, found.userinfo_endpoint) == (basic, "")

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"issuer": "https://other.example"}, "calls itself by another name"),
            ({"issuer": None}, "calls itself by another name"),
            *[({name: "http://login.example/"}, "an address that cannot be used") for name in oidc.ENDPOINTS],
            ({"jwks_uri": None}, "an address that cannot be used"),
        ],
    )
    def test_of_another_or_that_leads_astray_is_refused(self, web: Web, change: dict, why: str) -> None:
        web.document = without(web.document | change)
        with pytest.raises(SignOnFailed) as met:
            discover_provider(ISSUER)
        assert why in met.value.user_message

    @pytest.mark.parametrize(("document", "why"), [(None, "did not come (no route)"), ([], "cannot be read")])
    def test_that_is_none_is_named(self, web: Web, document: Any, why: str) -> None:
        web.document = document
        with pytest.raises(SignOnFailed) as met:
            discover_provider(ISSUER)
        assert met.value.user_message == f"The identity provider cannot be used: Its discovery document {why}."


class TestGoingThere:
    def test_asks_for_a_code_with_a_state_a_nonce_and_a_challenge(self, web: Web) -> None:
        address, pending = begin_sign_on(SIGN_ON, "https://here/back")
        where, _, query = address.partition("?")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(pending.verifier.encode()).digest()).rstrip(b"=").decode()
        assert where == f"{ISSUER}/authorize"
        assert {name: values[0] for name, values in parse_qs(query).items()} == {
            "response_type": "code",
            "client_id": "c",
            "redirect_uri": "https://here/back",
            "scope": "openid email profile",
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        assert pending.issuer == ISSUER
        assert len({pending.state, pending.nonce, pending.verifier}) == 3
        assert all(len(one) == 43 for one in (pending.state, pending.nonce, pending.verifier))  # 32 bytes in base64
        assert PendingSignOn(**pending.kept()) == pending

    def test_names_the_address_that_was_entered(self, web: Web) -> None:
        web.document["authorization_endpoint"] += "?tenant=1"
        address, _ = begin_sign_on(SIGN_ON, "https://here/back", email="nia@acme.example")
        query = parse_qs(urlsplit(address).query)
        assert (query["tenant"], query["login_hint"]) == (["1"], ["nia@acme.example"])


class TestComingBack:
    def test_brings_who_it_is(self, web: Web) -> None:
        assert come() == asserted(name="Nia New")
        assert [(method, url) for method, url, _ in web.asked] == [
            ("GET", DISCOVERY),
            ("POST", f"{ISSUER}/token"),
            ("GET", f"{ISSUER}/keys"),
        ]

    @pytest.mark.parametrize("basic", [True, False])
    def test_exchanges_the_code_with_the_secret_as_the_provider_takes_it(self, web: Web, basic: bool) -> None:
        method = "client_secret_basic" if basic else "client_secret_post"
        web.document["token_endpoint_auth_methods_supported"] = [method]
        come()
        sent = web.asked[1][2]
        body = {
            "grant_type": "authorization_code",
            "code": "code",
            "redirect_uri": "https://here/back",
            "code_verifier": "verifier",
        }
        if basic:
            assert sent["data"] == body
            assert (sent["auth"].username, sent["auth"].password) == ("c", "s")
        else:
            assert sent == {"data": body | {"client_id": "c", "client_secret": "s"}}

    def test_belongs_to_the_issuer_that_was_asked(self, web: Web) -> None:
        with pytest.raises(SignOnFailed, match="changed its sign-on in the meantime"):
            come(PendingSignOn("state", "nonce", "verifier", "https://other.example"))
        assert web.asked == []

    @pytest.mark.parametrize(
        ("person", "claims"),
        [
            ({"email_verified": "true"}, {"email_verified": True}),
            ({"email_verified": "yes"}, {"email_verified": False}),
            ({"email_verified": 1}, {"email_verified": False}),
            ({"email_verified": None}, {"email_verified": False}),
            ({"email": "no address"}, {"email": ""}),
            ({"email": ""}, {"email": ""}),
            ({"name": None}, {"name": ""}),
            ({"name": "N" * 119 + " ew"}, {"name": "N" * 119}),
        ],
    )
    def test_says_of_a_person_what_can_be_used(self, web: Web, person: dict, claims: dict) -> None:
        web.person |= person
        assert come() == asserted(**{"name": "Nia New", **claims})

    @pytest.mark.parametrize(
        ("token", "why"),
        [
            ({"iss": "https://other.example"}, "does not hold (InvalidIssuerError)"),
            ({"aud": "d"}, "does not hold (InvalidAudienceError)"),
            ({"nonce": "another"}, "answered to another question"),
            *[
                ({name: None}, "does not hold (MissingRequiredClaimError)")
                for name in ("exp", "iat", "iss", "aud", "sub", "nonce")
            ],
            ({"azp": "d"}, "is meant for somebody else"),
            ({"sub": ""}, "is meant for somebody else"),
            ({"sub": "7" * 256}, "is meant for somebody else"),
            ({"sub": "7\0"}, "is meant for somebody else"),
        ],
    )
    def test_does_not_hold_where_one_thing_is_wrong(self, web: Web, token: dict, why: str) -> None:
        web.token = token
        refused(why)

    @pytest.mark.parametrize("token", [{"azp": "c"}, {"sub": "7" * 255}, {"sub": "7"}, {"aud": ["c", "d"]}])
    def test_holds_within_bounds(self, web: Web, token: dict) -> None:
        web.token = token
        assert come().subject == token.get("sub", "7")

    @pytest.mark.parametrize(("lasts", "holds"), [(-30, True), (-61, False)])
    def test_holds_for_as_long_as_it_says_and_a_minute(self, web: Web, lasts: int, holds: bool) -> None:
        web.lasts = lasts
        if holds:
            assert come().subject == "7"
        else:
            refused("does not hold (ExpiredSignatureError)")

    @pytest.mark.parametrize(
        ("keys", "head", "holds"),
        [
            ([key(1), key()], {"kid": "k0"}, True),
            ([key(use=None)], {"kid": "k0"}, True),
            ([key()], {"kid": None}, True),
            ([key(1), key()], {"kid": None}, False),
            ([key(1)], {"kid": "k0"}, False),
            ([key(use="enc")], {"kid": "k0"}, False),
            ([key(1, kid="k0")], {"kid": "k0"}, False),
        ],
    )
    def test_is_signed_with_the_one_key_that_it_names(self, web: Web, keys: list, head: dict, holds: bool) -> None:
        web.keys, web.head = [without(one) for one in keys], head
        if holds:
            assert come().subject == "7"
        else:
            with pytest.raises(SignOnFailed):
                come()

    def test_with_a_key_that_is_not_listed_is_named(self, web: Web) -> None:
        web.keys = [key(1)]
        refused("signed with a key that it does not list")
        web.keys = [key(1, kid="k0")]
        refused("does not hold (InvalidSignatureError)")


class TestAskingAboutThePerson:
    @pytest.fixture(autouse=True)
    def _only_there(self, web: Web) -> None:
        web.person = {}
        web.userinfo = {"sub": "7", "email": "nia@acme.example", "email_verified": True, "name": "Nia", "aud": "d"}

    def test_where_the_token_does_not_tell(self, web: Web) -> None:
        assert come() == asserted(name="Nia")
        assert web.asked[-1] == ("GET", f"{ISSUER}/userinfo", {"headers": {"Authorization": "Bearer at"}})

    def test_not_where_it_does_or_nobody_can_be_asked(self, web: Web) -> None:
        web.person = {"email": "other@acme.example"}
        assert come() == asserted(email="other@acme.example", email_verified=False, name="")
        web.person = {}
        del web.document["userinfo_endpoint"]
        assert come() == asserted(email="", email_verified=False, name="")

    def test_two_answers_are_about_one_person(self, web: Web) -> None:
        web.userinfo["sub"] = "8"
        refused("about two different people")
        web.userinfo = None
        refused("Its answer about the person did not come (no route)")
