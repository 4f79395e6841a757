"""Fixtures that every test may use."""

import gc
from collections.abc import Iterator
from copy import deepcopy
from zlib import crc32

import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from organizations.models import Organization, User
from organizations.tenancy import scope
from tests import stack
from tests.cast import Cast, assemble

# Hashing is slow on purpose; the tests sign in hundreds of people.
CHEAP_PASSWORDS = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])


def allow_emptying(connection, **given) -> None:
    """Between two tests with real commits every table is truncated; the audit log refuses that anywhere else."""
    with connection.cursor() as cursor:
        cursor.execute("SET socialops.allow_audit_truncate = 'on'")


connection_created.connect(allow_emptying)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--part", default="0-0/1", help="K-L/N: only parts K to L of N (tests/__main__.py)")
    parser.addoption("--redis", default="1-15", help="K-N: the Redis databases that stacks may use (tests/stack.py)")


def pytest_configure(config: pytest.Config) -> None:
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)  # what is loaded stays: looking through it again and again is a tenth of the time
    first, last = (int(number) for number in config.getoption("--redis").split("-"))
    stack.redis_databases = range(first, last + 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of what needs no processes, only this run's part."""
    span, parts = config.getoption("--part").split("/")
    first, last = (int(number) for number in span.split("-"))
    items[:] = [
        item
        for item in items
        if item.get_closest_marker("stack") or first <= crc32(item.nodeid.encode()) % int(parts) <= last
    ]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """The cast stands in the database from the start: to assemble it for each test would be half of the suite's work."""
    with django_db_blocker.unblock(), CHEAP_PASSWORDS:
        yield assemble()


@pytest.fixture
def cast(django_db_setup: Cast, db: None) -> Cast:
    """As it was at the start; assembled anew where a test with real commits has emptied the tables."""
    is_there = Organization.objects.filter(pk=django_db_setup.acme.pk).exists()
    return deepcopy(django_db_setup) if is_there else assemble()


@pytest.fixture
def empty(db: None) -> None:
    """Nobody and nothing in the database, for what counts or claims everything there is."""
    clear()


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {Organization._meta.db_table}, {User._meta.db_table} CASCADE")


@pytest.fixture
def acme(cast: Cast) -> Organization:
    return cast.acme


@pytest.fixture
def in_acme(acme: Organization) -> Iterator[None]:
    """acme in scope for the whole test."""
    with scope(acme):
        yield


@pytest.fixture
def sign_in(client):
    """sign_in(member) -> a Django test client with that member signed in."""

    def signed_in(member):
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@pytest.fixture
def api():
    """api(member) -> a caller with a token of that member: api.get("profiles/"), api.post("teams/", {...})."""
    from tests.rest.caller import caller

    return caller
