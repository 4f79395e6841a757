"""OpenID Connect, as much as signing in takes: the code flow with PKCE, a nonce, and an id_token whose signature,
issuer, audience and time are checked (docs/adr/0007-sign-on.md says why this is not django-allauth's provider).

Nothing here knows our people: `begin` gives the address to go to, `finish` gives what the provider asserts.
"""

import base64
import hashlib
import secrets
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

import jwt
from requests.auth import HTTPBasicAuth

from foundation.errors import AppError
from foundation.internet.domain_names import canonical_email
from foundation.internet.guarded_http import fetch_json, is_public_url
from foundation.internet.http import TransportFault
from foundation.texts.names import join_lines
from organizations.models import OrganizationSignOn

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
LEEWAY = 60  # seconds that two clocks may differ
SCOPE = "openid email profile"


class SignOnFailed(AppError):
    """The provider cannot be reached, said no, or said something that does not hold."""

    status = 403


@dataclass(frozen=True, slots=True)
class Provider:
    """What the issuer's discovery document says."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    basic: bool  # it takes the secret in the Authorization header only


@dataclass(frozen=True, slots=True)
class PendingSignOn:
    """What the browser's session keeps while the person is away at the provider. Good for one answer."""

    state: str
    nonce: str
    verifier: str
    issuer: str

    def kept(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Claims:
    """Who the provider says it is."""

    issuer: str
    subject: str
    email: str  # in its canonical form; empty where it is none
    email_verified: bool
    name: str


def discover_provider(issuer: str) -> Provider:
    """Raises SignOnFailed where the document is missing, another's, or leads elsewhere than to public https."""
    document = fetch_document("GET", issuer.rstrip("/") + "/.well-known/openid-configuration", "Its discovery document")
    if document.get("issuer") != issuer:
        raise SignOnFailed("The identity provider calls itself by another name than the issuer that was entered.")
    if not all(is_public_url(str(document.get(name, ""))) for name in ENDPOINTS):
        raise SignOnFailed("The identity provider names an address that cannot be used.")
    methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Provider(
        issuer=issuer,
        authorization_endpoint=document["authorization_endpoint"],
        token_endpoint=document["token_endpoint"],
        jwks_uri=document["jwks_uri"],
        userinfo_endpoint=str(document.get("userinfo_endpoint") or ""),
        basic="client_secret_post" not in methods,
    )


def begin_sign_on(sign_on: OrganizationSignOn, redirect_uri: str, *, email: str = "") -> tuple[str, PendingSignOn]:
    """The provider's address to send the person to, and what to remember until they come back."""
    provider = discover_provider(sign_on.issuer)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    pending = PendingSignOn(state, nonce, verifier, issuer=sign_on.issuer)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(pending.verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": sign_on.client_id,
        "redirect_uri": redirect_uri,
        "scope": SCOPE,
        "state": pending.state,
        "nonce": pending.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"login_hint": email} if email else {}),
    }
    joint = "&" if "?" in provider.authorization_endpoint else "?"
    return f"{provider.authorization_endpoint}{joint}{urlencode(query)}", pending


def finish_sign_on(sign_on: OrganizationSignOn, pending: PendingSignOn, redirect_uri: str, code: str) -> Claims:
    """Exchanges the code and proves the answer. Raises SignOnFailed."""
    if pending.issuer != sign_on.issuer:
        raise SignOnFailed("The organization changed its sign-on in the meantime. Try once more.")
    provider = discover_provider(sign_on.issuer)
    tokens = exchange_code(provider, sign_on, pending, redirect_uri, code)
    claims = verify_id_token(str(tokens.get("id_token", "")), provider, sign_on.client_id, pending.nonce)
    if "email" not in claims and provider.userinfo_endpoint:
        claims = {**claims, **fetch_userinfo(provider, str(tokens.get("access_token", "")), claims["sub"])}
    return Claims(
        issuer=sign_on.issuer,
        subject=claims["sub"],
        email=canonical_email(str(claims.get("email") or "")),
        email_verified=claims.get("email_verified") is True or claims.get("email_verified") == "true",
        name=join_lines(str(claims.get("name") or ""))[:120].strip(),
    )


def exchange_code(
    provider: Provider, sign_on: OrganizationSignOn, pending: PendingSignOn, redirect_uri: str, code: str
) -> dict[str, Any]:
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": pending.verifier,
    }
    if provider.basic:
        login = HTTPBasicAuth(sign_on.client_id, sign_on.client_secret)
        return fetch_document("POST", provider.token_endpoint, "The exchange of the code", data=body, auth=login)
    body |= {"client_id": sign_on.client_id, "client_secret": sign_on.client_secret}
    return fetch_document("POST", provider.token_endpoint, "The exchange of the code", data=body)


def verify_id_token(id_token: str, provider: Provider, client_id: str, nonce: str) -> dict[str, Any]:
    """The id_token's claims, once signature, issuer, audience, time and nonce hold."""
    try:
        key = signing_key(id_token, provider)
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key,
            algorithms=ALGORITHMS,
            audience=client_id,
            issuer=provider.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
        )
    except jwt.PyJWTError as error:
        raise SignOnFailed(f"The identity provider's answer does not hold ({type(error).__name__}).") from None
    if not secrets.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise SignOnFailed("The identity provider answered to another question than ours.")
    if claims.get("azp", client_id) != client_id or not 1 <= len(claims["sub"]) <= 255 or "\0" in claims["sub"]:
        raise SignOnFailed("The identity provider's answer is meant for somebody else.")
    return claims


def signing_key(id_token: str, provider: Provider) -> jwt.PyJWK:
    """The provider's key that the token names; the only one there is where it names none."""
    key_id = jwt.get_unverified_header(id_token).get("kid")
    keys = jwt.PyJWKSet.from_dict(fetch_document("GET", provider.jwks_uri, "Its list of keys")).keys
    fitting = [key for key in keys if key.public_key_use in (None, "sig") and key_id in (None, key.key_id)]
    if len(fitting) != 1:
        raise SignOnFailed("The identity provider signed with a key that it does not list.")
    return fitting[0]


def fetch_userinfo(provider: Provider, access_token: str, subject: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {access_token}"}
    answer = fetch_document("GET", provider.userinfo_endpoint, "Its answer about the person", headers=headers)
    if answer.get("sub") != subject:
        raise SignOnFailed("The identity provider's answers are about two different people.")
    return {name: answer[name] for name in ("email", "email_verified", "name") if name in answer}


def fetch_document(method: str, url: str, what: str, **options: Any) -> dict[str, Any]:
    try:
        answer = fetch_json(method, url, **options)
    except TransportFault as fault:
        raise SignOnFailed(f"The identity provider cannot be used: {what} did not come ({fault.reason}).") from None
    if not isinstance(answer, dict):
        raise SignOnFailed(f"The identity provider cannot be used: {what} cannot be read.")
    return answer
