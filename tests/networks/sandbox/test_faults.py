"""What is switched on to go wrong, as the real adapters meet it over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from networks import errors
from networks.access import open_adapter
from networks.actions.profiles import connect_profile
from networks.contract import Draft, DraftKind
from networks.sandbox.actions import lift_fault, set_fault
from networks.sandbox.faults import FAULT_KINDS
from networks.sandbox.models import Entry
from organizations.tenancy import scope
from tests.builders import SETUP
from tests.networks.contract import TEXT

pytestmark = pytest.mark.usefixtures("in_acme")

POST = Draft(DraftKind.POST, TEXT)
NEXT = Draft(DraftKind.POST, "next")


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def switch_on(acme, account, adapter):
    def switched_on(kind: str, **options) -> None:
        with scope(acme):
            set_fault(account, kind, **options)

    return switched_on


@contextmanager
def impatient(adapter) -> Iterator[None]:
    """The tests' server keeps a broken answer open; the product's own drops it (tests/ops/test_web.py)."""
    session = (getattr(adapter, "client", None) or adapter.graph).session
    usual, session.timeout = session.timeout, (0.5, 0.5)
    yield
    session.timeout = usual


ENDINGS = [
    ("limited", errors.RateLimited, False),
    ("limited_bare", errors.RateLimited, False),
    ("failed", errors.Ambiguous, False),
    ("failed_after", errors.Ambiguous, True),
    ("cut", errors.Ambiguous, False),
    ("cut_after", errors.Ambiguous, True),
    ("unreadable", errors.Ambiguous, True),
    ("signed_out", errors.Disconnected, False),
    ("duplicate", errors.Duplicate, False),
]


def test_every_kind_is_tried_here() -> None:
    assert {kind for kind, _, _ in ENDINGS} | {"slow", "delayed", "down"} == FAULT_KINDS.keys()


@pytest.mark.parametrize(("kind", "error", "is_there"), ENDINGS)
def test_how_a_post_ends_once(adapter, switch_on, kind, error, is_there) -> None:
    began = now()
    switch_on(kind)
    with impatient(adapter) if kind.startswith("cut") else nullcontext(), pytest.raises(error):
        adapter.publish(POST)
    assert bool(adapter.find(POST, since=began)) is is_there
    assert adapter.publish(NEXT).remote_id


@pytest.mark.parametrize(("kind", "least", "most"), [("limited", 20, 61), ("limited_bare", 899, 901)])
def test_a_limit_may_name_its_end(adapter, switch_on, kind, least, most) -> None:
    switch_on(kind, seconds=30)
    with pytest.raises(errors.RateLimited) as caught:
        adapter.publish(POST)
    assert least <= (caught.value.retry_at - now()).total_seconds() <= most


def test_for_as_many_posts_as_was_said(adapter, switch_on) -> None:
    switch_on("duplicate", times=2)
    for number in range(2):
        with pytest.raises(errors.Duplicate):
            adapter.publish(Draft(DraftKind.POST, f"number {number}"))
    assert adapter.publish(POST).remote_id


def test_until_it_is_lifted(adapter, switch_on, account, acme) -> None:
    switch_on("failed", times=None)
    for _ in range(3):
        with pytest.raises(errors.Ambiguous):
            adapter.publish(POST)
    assert adapter.find(POST, since=now() - timedelta(minutes=1)) is None
    with scope(acme):
        lift_fault(account)
    assert adapter.publish(POST).remote_id


def test_one_ending_after_the_other(adapter, switch_on) -> None:
    switch_on("duplicate")
    switch_on("failed_after")
    with pytest.raises(errors.Duplicate):
        adapter.publish(POST)
    with pytest.raises(errors.Ambiguous):
        adapter.publish(POST)
    assert adapter.find(POST, since=now() - timedelta(minutes=1))


def test_an_answer_that_comes_late(adapter, switch_on, acme) -> None:
    began = now()
    switch_on("slow", seconds=1)
    with impatient(adapter), pytest.raises(errors.Ambiguous):
        adapter.publish(POST)
    while not adapter.find(POST, since=began):  # done all the same, in a moment
        assert now() - began < timedelta(seconds=5)


def test_lists_that_are_behind(adapter, switch_on, acme) -> None:
    began = now()
    switch_on("delayed", seconds=60)
    published = adapter.publish(POST)
    assert adapter.find(POST, since=began) is None
    assert adapter.measure_posts([published.remote_id])
    with scope(acme):
        Entry.objects.update(listed_from=now() - timedelta(seconds=1))
    assert adapter.find(POST, since=began).remote_id == published.remote_id


def test_a_network_that_is_down_answers_nobody_of_the_organization(adapter, switch_on, connect, cast, account) -> None:
    theirs = connect(cast.globex, adapter.network, "globex_shop")
    with scope(cast.globex):
        other = open_adapter(theirs)
    switch_on("down")
    for call in (adapter.identify, lambda: adapter.find(POST, since=now()), adapter.measure_profile):
        with pytest.raises(errors.Unavailable):
            call()
    with pytest.raises(errors.Ambiguous):
        adapter.publish(POST)
    assert other.publish(POST).remote_id
    with scope(cast.acme):
        lift_fault(account, "down")
    assert adapter.identify().remote_id


def test_a_revoked_sign_in_ends_with_connecting_again(adapter, switch_on, profile, acme) -> None:
    switch_on("signed_out", times=None)
    for call in (adapter.identify, lambda: adapter.publish(POST)):
        with pytest.raises(errors.Disconnected):
            call()
    with scope(acme):
        connect_profile(SETUP, profile.network, {"sandbox": True, "handle": profile.handle})
    assert adapter.publish(POST).remote_id
