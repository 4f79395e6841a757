"""Fixtures for signing in."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client

from organizations.actions.domains import prove_by_operator
from organizations.actions.sign_on import set_sign_on
from organizations.actors import System
from organizations.tenancy import scope
from tests.organizations import nameserver, oidc

OPERATOR = System("command line")
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
    """sign_on(**changes): acme's sign-on with that provider, its domains proved; by=owner: another organization's."""

    def made(by=cast.olive, **changes):
        given = {
            "issuer": issuer.url,
            "client_id": oidc.CLIENT_ID,
            "client_secret": oidc.CLIENT_SECRET,
            "domains": ["acme.example"],
            "default_role": "member",
            "required": False,
        }
        with scope(by.organization):
            made = set_sign_on(by, by.organization, **{**given, **changes})
            for name in {**given, **changes}["domains"]:
                prove_by_operator(OPERATOR, by.organization, name)
            return made

    return made


@pytest.fixture
def come_in():
    """come_in(client, **start) -> the answer to coming back from the provider, acme's unless told otherwise."""

    def came(client: Client, start: str = START, **query):
        away = client.get(start, query)
        assert away.status_code == 302, away.content.decode()[-2000:]
        return client.get(oidc.go_there(away["Location"]).removeprefix("http://127.0.0.1:8000"))

    return came


@pytest.fixture
def comes_in(issuer, come_in, agree):
    """comes_in(member) -> a client in which a member came through acme's provider, their account having agreed by mail."""

    def came(member):
        EmailAddress.objects.create(user=member.user, email=member.user.email, verified=True, primary=True)
        issuer.person["email"] = member.user.email
        come_in(client := Client())
        agree(client)
        return client

    return came


@pytest.fixture
def agree():
    """agree(client) -> the answer to the account's agreeing, by the link in its mail where it is not signed in."""

    def agreed(client: Client):
        page = client.get(START + "link/")
        assert page.status_code == 200
        if "link/mail/" not in page.content.decode():
            return client.post(START + "link/")
        client.post(START + "link/mail/")
        path = re.search(r"/accounts/sign-on/acme/link/[\w-]{40,}/", mail.outbox[-1].body)[0]
        return client.post(path)

    return agreed


@pytest.fixture(autouse=True)
def _no_attempts_counted():
    """Limits are counted in Redis, which tests share."""
    from foundation.processes.realtime import redis_client

    cache.clear()
    for key in redis_client().scan_iter("socialops:limit:*"):
        redis_client().delete(key)


@pytest.fixture
def names(settings):
    """The only name server there is."""
    with nameserver.running() as running:
        settings.DNS_SERVER, settings.DNS_TIMEOUT_SECONDS = running.address, 5  # however busy the machine is
        yield running
