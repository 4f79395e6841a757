"""A small OpenID provider on a port of its own: discovery, authorize, token, userinfo and keys, over real HTTP.

It signs with RS256 and checks what a real one checks: the client, the redirect address, PKCE, and that a code is used
once. `person` is who signs in there; `forge` and `also` make it lie.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "socialops", "provider-secret"


class Issuer:
    """What the provider knows, and how it misbehaves."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signing_key: Any = self.key
        self.algorithm = "RS256"
        self.person: dict[str, Any] = {}
        self.forge: dict[str, Any] = {}  # claims of the id_token that replace the true ones; None leaves one out
        self.also: dict[str, Any] = {}  # of the discovery document
        self.userinfo: dict[str, Any] | None = None  # where e-mail and name come from instead of the id_token
        self.codes: dict[str, dict[str, str]] = {}
        self.calls: list[str] = []
        self.redirects: list[str] = []
        self.url = ""

    def discovery(self) -> dict[str, Any]:
        paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        paths["userinfo_endpoint"] = "userinfo"
        methods = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        return {
            "issuer": self.url,
            **{name: f"{self.url}/{path}" for name, path in paths.items()},
            **methods,
            **self.also,
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """The person is signed in here already: straight back with a code."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(sent.get("code", ""), None)
        challenge = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        if (
            asked is None
            or proof != asked["code_challenge"]
            or sent["redirect_uri"] != asked["redirect_uri"]
            or (sent.get("client_id"), sent.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET)
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "at", "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        at = int(time.time())
        person = {"sub": self.person["sub"]} if self.userinfo is not None else self.person
        claims = {"iss": self.url, "aud": CLIENT_ID, "iat": at, "exp": at + 300, "nonce": nonce, **person, **self.forge}
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self.signing_key, self.algorithm, headers={"kid": "one"})


class Handler(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.issuer.calls.append(parts.path)
        answers = {
            "/.well-known/openid-configuration": self.issuer.discovery,
            "/keys": self.issuer.keys,
            "/userinfo": lambda: self.issuer.userinfo,
        }
        if parts.path == "/authorize":
            self.send_response(302)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_header("Location", self.issuer.authorize(asked))
            self.end_headers()
        elif parts.path in answers:
            self.answer(200, answers[parts.path]())
        else:
            self.answer(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer(*self.issuer.token({name: values[0] for name, values in parse_qs(body).items()}))

    def answer(self, status: int, body: Any) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def running() -> Iterator[Issuer]:
    issuer = Issuer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("H", (Handler,), {"issuer": issuer}))
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()


def go_there(address: str) -> str:
    """What the browser does at the provider: follows the address and learns where it is sent back to."""
    answer = requests.get(address, allow_redirects=False, timeout=5)
    assert answer.status_code == 302
    return answer.headers["Location"]
