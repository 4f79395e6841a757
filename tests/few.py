"""An organization of four, for tests of what several connections do: quickly made, and each test has its own."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pytest_django.plugin import DjangoDbBlocker

from networks.models import Profile
from organizations.models import Member, Organization, Role
from organizations.tenancy import scope
from tests import builders
from tests.cast import Cast


@dataclass(frozen=True)
class Few:
    """Olive owner, Lena manager, Priya publisher and Cole community on the one profile."""

    acme: Organization
    olive: Member
    lena: Member
    priya: Member
    cole: Member
    x: Profile


def gather() -> Few:
    acme = builders.organization(f"few-{uuid.uuid4().hex[:12]}")
    lena, priya, cole = (builders.member(acme, name) for name in ("Lena", "Priya", "Cole"))
    x = builders.profile(acme, "x", grants={lena: "manager", priya: "publisher", cole: "community"})
    with scope(acme):
        return Few(acme, Member.objects.get(role=Role.OWNER), lena, priya, cole, x)


@pytest.fixture
def transactional_db(django_db_setup: Cast, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """In place of pytest-django's: what is written stays, as other connections must see it, and nothing is emptied
    after the test, which would take longer than the test. So each of these has an organization of its own."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def few(transactional_db: None) -> Few:
    return gather()
