"""Fixtures that every test may use."""

import gc
import pickle
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created
from django.template.base import Template
from django.template.context import Context
from django.test import override_settings
from django.test.signals import template_rendered
from django.utils.safestring import SafeString
from pytest_django.plugin import DjangoDbBlocker
from whitenoise.middleware import WhiteNoiseMiddleware

from foundation.processes import realtime
from networks.outbox import pulse
from networks.outbox.claims import CHOSEN_ROW
from organizations.models import Organization, User
from organizations.tenancy import scope
from publishing.receivers import DELIVERY_OF_ROW
from tests import signing_in, stack
from tests.cast import Cast, assemble
from tests.databases import OURS, migrated
from tests.rest import described

# Hashing is slow on purpose; the tests sign in hundreds of people.
CHEAP_PASSWORDS = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])


def allow_emptying(connection, **given) -> None:
    """Between two tests with real commits every table is truncated; the audit log refuses that anywhere else."""
    with connection.cursor() as cursor:
        cursor.execute("SET socialops.allow_audit_truncate = 'on'")


connection_created.connect(allow_emptying)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--redis", default="1-15", help="K-N: the Redis databases that stacks may use (tests/stack.py)")


def pytest_configure(config: pytest.Config) -> None:
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)  # what is loaded stays: looking through it again and again is a tenth of the time
    first, last = (int(number) for number in config.getoption("--redis").split("-"))
    stack.redis_databases = range(first, last + 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What leaves rows behind (tests/few.py) comes last."""
    items.sort(key=lambda item: "few" in item.fixturenames)


@pytest.fixture(scope="session", autouse=True)
def _told_once(django_test_environment: None) -> None:
    """Each test client finds every static file anew, and notes down every template with a copy of its context, of which
    a page's own is all that any test asks for: a tenth of the suite's time, each.
    """
    find, files = WhiteNoiseMiddleware.add_files_from_finders, {}

    def find_once(middleware: WhiteNoiseMiddleware) -> None:
        if not files:
            find(middleware)
            files.update(middleware.files)
        middleware.files.update(files)

    WhiteNoiseMiddleware.add_files_from_finders = find_once

    def render(template: Template, context: Context) -> SafeString:
        if context.template is template:
            template_rendered.send(sender=template, template=template, context=context)
        return template.nodelist.render(context)

    Template._render = render


@pytest.fixture(scope="session", autouse=True)
def _described() -> Iterator[None]:
    """Whatever a test asks of the REST surface, the answer is as the OpenAPI document says."""
    with described.answers_held():
        yield


@pytest.fixture
def made_up_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what carries answers, in which calls answer what none of ours does."""
    monkeypatch.setattr(described, "held", False)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The database of the tests is a copy, with all migrations already."""
    settings.DATABASES["default"]["TEST"] |= {"TEMPLATE": migrated()}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[bytes]:
    """The cast stands in the database from the start: to assemble it for each test would be half of the suite's work.

    Pickled, as each test gets a copy of its own, and `deepcopy` takes ten times as long.
    """
    with django_db_blocker.unblock(), CHEAP_PASSWORDS:
        with connection.cursor() as cursor:
            cursor.execute(OURS)
        yield pickle.dumps(assemble())


@pytest.fixture(autouse=True)
def _no_name_server(settings):
    """No test asks the name servers of the world; tests/organizations/nameserver.py is one that can be asked."""
    settings.DNS_SERVER, settings.DNS_TIMEOUT_SECONDS = ("127.0.0.1", 9), 0.2


@pytest.fixture
def cast(django_db_setup: bytes, db: None) -> Cast:
    """As it was at the start; assembled anew where a test with real commits has emptied the tables."""
    made: Cast = pickle.loads(django_db_setup)
    return made if Organization.objects.filter(pk=made.acme.pk).exists() else assemble()


@pytest.fixture(autouse=True)
def _no_pulse_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test wrote is taken back after it, which must not look as if an older state had come back."""
    monkeypatch.setitem(pulse.highest_seen, "beat", 0)
    monkeypatch.setattr(pulse, "beat_file_path", lambda: None)


@pytest.fixture(autouse=True)
def _compiled_anew() -> None:
    """What is built once for a process is built by each test: each notices what is wrong with it."""
    for query in (CHOSEN_ROW, DELIVERY_OF_ROW):
        vars(query).pop("compiled", None)


@pytest.fixture
def empty(db: None) -> None:
    """Nobody and nothing in the database, for what counts or claims everything there is."""
    clear()


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {Organization._meta.db_table}, {User._meta.db_table} CASCADE")


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """What open pages are told of, as it happens: (organization's id, topic, thing's id, profile's id, members' ids)."""
    said: list[tuple] = []

    def ping(organization_id, topic, pk="", *, profile_id=None, member_ids=None):
        said.append((organization_id, topic, pk, profile_id, member_ids and sorted(member_ids)))

    monkeypatch.setattr(realtime, "ping", ping)
    return said


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
    """sign_in(member) -> a Django test client with that member signed in, as by the password a moment ago."""

    return lambda member: signing_in.signed_in(member, client)


@pytest.fixture
def api():
    """api(member) -> a caller with a token of that member: api.get("profiles/"), api.post("teams/", {...})."""
    from tests.rest.caller import caller

    return caller
