"""Fixtures for signing in."""

import pytest
from django.core.cache import cache
from django.test import Client

from organizations.actions.sign_on import set_sign_on
from organizations.tenancy import scope
from tests.organizations import oidc

START = "/accounts/sign-on/acme/"


@pytest.fixture
def issuer(settings):
    settings.ALLOW_PRIVATE_NETWORK_URLS = True
    with oidc.running() as running:
        running.person = {
            "sub": "248289761001",
            "email": "nia@acme.example",
            "email_verified": True,
            "name": "Nia New",
        }
        yield running


@pytest.fixture
def sign_on(cast, issuer):
    """sign_on(**changes): acme's sign-on with that provider, set up by its owner."""

    def made(**changes):
        given = {
            "issuer": issuer.url,
            "client_id": oidc.CLIENT_ID,
            "client_secret": oidc.CLIENT_SECRET,
            "domains": ["acme.example"],
            "default_role": "member",
            "required": False,
        }
        with scope(cast.acme):
            return set_sign_on(cast.olive, cast.acme, **{**given, **changes})

    return made


@pytest.fixture
def come_in():
    """come_in(client, **start) -> the answer to coming back from the provider."""

    def came(client: Client, **query):
        away = client.get(START, query)
        assert away.status_code == 302, away.content.decode()[-2000:]
        return client.get(oidc.go_there(away["Location"]).removeprefix("http://127.0.0.1:8000"))

    return came


@pytest.fixture(autouse=True)
def _no_attempts_counted():
    """Limits are counted in Redis, which tests share."""
    from socialops.lib.realtime import client

    cache.clear()
    for key in client().scan_iter("socialops:limit:*"):
        client().delete(key)
