"""A network that does not answer is left alone, told of, probed, and caught up; nobody else waits for it."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from networks import readiness
from networks.models import Circuit, Outgoing, Profile
from networks.outbox import circuits
from networks.outbox.claims import due_turns
from organizations.models import Member, Notification
from organizations.tenancy import scope
from socialops.shell_context import list_banners
from tests import builders
from tests.outbox.conftest import Outbox


@pytest.fixture
def down(outbox: Outbox, settings):
    """The outbox with three profiles on an X that is down: five posts have failed, and one more waits."""
    working = settings.NETWORK_URLS
    settings.NETWORK_URLS = {**working, "x": "http://127.0.0.1:9"}  # nobody listens at the discard port
    outbox.working = working
    same = {"secrets": {"access_token": outbox.network.token}}
    others = [builders.profile(outbox.profile.organization, "x", **same) for _ in range(2)]
    outbox.profiles = [outbox.profile, *others]
    outbox.rows = [outbox.put(f"Post {number}", through=outbox.profiles[number % 3]) for number in range(6)]
    for seconds in (0, 10):  # three fail, and then two before it is enough
        outbox.step(after=timedelta(seconds=seconds))
    return outbox


def tried(outbox: Outbox) -> int:
    return sum(Outgoing.unscoped.values_list("attempt_count", flat=True))


def circuit() -> Circuit:
    return Circuit.objects.get()


def send(outbox: Outbox) -> bool:
    """What is next, once each row's own wait is over."""
    Outgoing.unscoped.filter(state="waiting").update(due_at=now())
    Profile.unscoped.update(held_until=None)
    with scope(outbox.profile.organization_id):
        return outbox.send_next(now())


def told(outbox: Outbox) -> list[str]:
    with scope(outbox.profile.organization_id):
        return [one["text"] for one in list_banners(Member.objects.get()) if one["kind"] == "warning"]


def test_five_failures_in_a_row_on_three_profiles_open_it_and_nothing_more_is_tried(down: Outbox) -> None:
    assert circuit().opened_at
    assert tried(down) == circuits.FAILURES_TO_TRIP
    for before in (10, 3):  # seconds before the first probe
        down.step(after=circuit().next_at - now() - timedelta(seconds=before))
    assert tried(down) == circuits.FAILURES_TO_TRIP
    assert not due_turns(circuit().next_at - timedelta(seconds=3))


def test_a_probe_is_one_row_and_each_in_vain_doubles_the_wait_up_to_a_minute(down: Outbox) -> None:
    waits = []
    for _ in range(5):
        Circuit.objects.update(next_at=now())
        assert [send(down) for _ in range(2)] == [True, False]
        waits.append(circuit().wait.total_seconds())
    assert waits == [30, 60, 60, 60, 60]
    assert tried(down) == circuits.FAILURES_TO_TRIP + 5


def test_two_workers_cannot_both_probe(down: Outbox) -> None:
    at = circuit().next_at
    assert [circuits.take_circuit_turn(circuit().pk, at) for _ in range(2)] == [True, False]
    assert circuits.take_circuit_turn(circuit().pk, at + circuits.PROBE_LEASE)  # whoever probed is gone


def test_an_answer_closes_it_and_what_waited_leaves_slowly_at_first(down: Outbox, settings) -> None:
    settings.NETWORK_URLS = down.working
    Circuit.objects.update(next_at=now())
    assert send(down)
    assert circuit().closed_at
    ready = circuit().closed_at + timedelta(seconds=1)
    assert [circuits.take_circuit_turn(circuit().pk, ready) for _ in range(5)] == [True, True, True, False, False]
    ready += circuits.CATCH_UP_PERIOD * 0.9
    assert all(circuits.take_circuit_turn(circuit().pk, ready) for _ in range(20))


def test_once_it_is_caught_up_nothing_remains_of_it(down: Outbox, settings) -> None:
    settings.NETWORK_URLS = down.working
    Circuit.objects.update(next_at=now())
    assert send(down)
    Circuit.objects.update(closed_at=now() - circuits.CATCH_UP_PERIOD)
    assert send(down)
    assert not Circuit.objects.exists()
    assert [send(down) for _ in range(5)] == [True] * 4 + [False]
    assert sorted(down.network.published_texts()) == sorted(row.draft["text"] for row in down.rows)


def test_failing_again_while_it_is_caught_up_opens_it_sooner_and_for_longer(down: Outbox) -> None:
    circuits.record_network_answer(circuit().pk, now())
    for _ in range(2):
        circuits.record_network_failure(down.profile, "Gone again.", now())
    assert circuit().opened_at
    assert circuit().wait == 2 * circuits.FIRST_PROBE_WAIT


def test_an_answer_in_between_begins_the_count_anew(outbox: Outbox) -> None:
    for number in range(3):
        for _ in range(circuits.FAILURES_OF_FEWER_PROFILES - 1):
            circuits.record_network_failure(outbox.profile, "No answer.", now())
        outbox.put(f"Post {number}")
        outbox.step()
        assert not Circuit.objects.exists()


def test_failures_far_apart_do_not_add_up(outbox: Outbox) -> None:
    for minutes in range(0, 60, 4):
        circuits.record_network_failure(outbox.profile, "No answer.", now() + timedelta(minutes=minutes))
    assert circuit().opened_at is None


@pytest.mark.parametrize("fault", ["limited", "duplicate", "string_body"])
def test_what_is_refused_in_words_is_an_answer(outbox: Outbox, fault: str) -> None:
    outbox.network.fail_next(fault, times=9)
    for number in range(9):
        outbox.put(f"Post {number}")
        Profile.unscoped.update(held_until=None)
        outbox.step()
    assert not Circuit.objects.exists()


@pytest.mark.parametrize("fault", ["error", "cut", "silent"])
def test_what_is_no_answer_is_counted(outbox: Outbox, fault: str) -> None:
    outbox.network.fail_next(fault)
    outbox.put()
    outbox.step()
    assert circuit().failures == 1


def test_another_network_and_practising_are_not_held(down: Outbox) -> None:
    organization = down.profile.organization
    page = builders.profile(organization, "facebook")
    practice = builders.profile(organization, "x", sandbox=True)
    elsewhere = builders.profile(builders.organization("elsewhere"), "x")
    with scope(organization):
        open_to = dict(Profile.objects.annotate(since=readiness.circuit_open_since()).values_list("pk", "since"))
        assert (open_to[page.pk], open_to[practice.pk]) == (None, None)
        assert open_to[down.profile.pk]
    with scope(elsewhere.organization_id):
        assert Profile.objects.annotate(since=readiness.circuit_open_since()).get(pk=elsewhere.pk).since


def test_practising_holds_neither_what_is_real_nor_another_organizations_practice(outbox: Outbox) -> None:
    organization, other = outbox.profile.organization, builders.organization("elsewhere")
    practice = builders.profile(organization, "x", sandbox=True)
    theirs = builders.profile(other, "x", sandbox=True)
    for _ in range(circuits.FAILURES_OF_FEWER_PROFILES):
        circuits.record_network_failure(practice, "No answer.", now())
    everybody = Profile.unscoped.annotate(since=readiness.circuit_open_since())
    assert set(everybody.exclude(since=None).values_list("pk", flat=True)) == {practice.pk}
    assert theirs.pk != practice.pk


def test_everybody_reads_it_while_it_lasts_and_the_admins_are_told_once(down: Outbox, settings) -> None:
    [banner] = told(down)
    assert banner.startswith("X has not answered since")
    with scope(down.profile.organization_id):
        assert Notification.objects.get().title.startswith("X does not answer")
    settings.NETWORK_URLS = down.working
    Circuit.objects.update(next_at=now())
    assert send(down)
    assert told(down) == []
    with scope(down.profile.organization_id):
        assert Notification.objects.get().read_at


def test_reading_closes_it_only_where_nothing_waits(down: Outbox) -> None:
    circuits.record_read(down.profile, now())
    assert circuit().opened_at
    Outgoing.unscoped.update(state="cancelled")
    circuits.record_read(down.profile, now())
    assert circuit().opened_at is None


def test_a_network_that_is_well_costs_no_query(outbox: Outbox, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert circuits.take_circuit_turn(None, now())
