"""Sandbox profiles of acme and globex, reached over HTTP on the test's own server."""

from collections.abc import Callable

import pytest

from networks.access import open_adapter
from networks.actions.profiles import connect_profile
from networks.models import Profile
from networks.sandbox import tasks
from networks.sandbox.models import Account
from networks.sandbox.personas import persona_account
from organizations.models import Organization
from organizations.tenancy import scope
from tests.builders import SETUP


@pytest.fixture
def pushed(monkeypatch) -> list[tuple[int, int]]:
    """What was given to the broker, which the tests do without."""
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(tasks.push, "apply_async", lambda args, **options: given.append(args))
    monkeypatch.setattr(tasks.push_body, "apply_async", lambda args, **options: given.append(args))
    return given


@pytest.fixture
def served(transactional_db, live_server, settings, pushed) -> str:
    settings.SANDBOX = True
    settings.SANDBOX_URL = settings.PUBLIC_URL = live_server.url
    return live_server.url


@pytest.fixture
def connect(served) -> Callable[..., Profile]:
    def connected(organization: Organization, network: str, handle: str) -> Profile:
        with scope(organization):
            return connect_profile(SETUP, network, {"sandbox": True, "handle": handle})

    return connected


@pytest.fixture(params=["x", "facebook"])
def profile(request, connect, acme) -> Profile:
    return connect(acme, request.param, "acme.shop" if request.param == "facebook" else "acme_shop")


@pytest.fixture
def account(profile, acme) -> Account:
    with scope(acme):
        return Account.objects.select_related("organization").get(remote_id=profile.remote_id)


@pytest.fixture
def adapter(profile, acme):
    with scope(acme):
        return open_adapter(profile)


@pytest.fixture
def nora(profile, acme) -> Account:
    with scope(acme):
        return persona_account(profile.network, handle="nora_hikes")
