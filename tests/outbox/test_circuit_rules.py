"""When a circuit opens, is probed, closes and is forgotten: each rule at its boundary."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q

from networks import readiness
from networks.models import Attempt, Circuit, Outgoing, Profile
from networks.outbox import circuits
from networks.outbox.circuits import CATCH_UP_PERIOD, FIRST_PROBE_WAIT, MAX_PROBE_WAIT
from networks.outbox.outcomes import APP_WAIT, Outcome
from tests.cast import Cast
from tests.outbox.pretended import AT, MINUTE, SECOND
from tests.outbox.rows import put


def circuit(**more: Any) -> Circuit:
    return Circuit(**({"network": "x", "failing_since": AT} | more))


class TestCircuits:
    @pytest.mark.parametrize(
        ("more", "enough"),
        [
            ({"failures": 4, "profiles": [1, 2, 3]}, False),
            ({"failures": 5, "profiles": [1, 2, 3]}, True),
            ({"failures": 5, "profiles": [1, 2]}, False),
            ({"failures": 6, "profiles": [1]}, True),
            ({"failures": 1, "closed_at": AT}, False),
            ({"failures": 2, "closed_at": AT}, True),
        ],
    )
    def test_how_many_failures_are_enough(self, more: dict, enough: bool) -> None:
        assert circuits.has_enough_failures(circuit(**more)) is enough

    @pytest.mark.parametrize(
        ("before", "after"),
        [(None, FIRST_PROBE_WAIT), (FIRST_PROBE_WAIT, FIRST_PROBE_WAIT * 2), (MAX_PROBE_WAIT, MAX_PROBE_WAIT)],
    )
    def test_each_probe_in_vain_doubles_the_wait(self, before, after) -> None:
        one = circuit(wait=before, probing=True, closed_at=AT)
        circuits.trip_circuit(one, AT)
        assert (one.wait, one.opened_at, one.next_at, one.closed_at, one.probing) == (
            after,
            AT,
            AT + after,
            None,
            False,
        )
        circuits.open_circuit(one, MINUTE, AT + SECOND)
        assert (one.opened_at, one.next_at) == (AT, AT + SECOND + MINUTE)

    @pytest.mark.parametrize(
        ("since", "expected"),
        [
            (timedelta(0), timedelta(seconds=0.5)),
            (CATCH_UP_PERIOD / 6, timedelta(seconds=0.25)),
            (CATCH_UP_PERIOD - SECOND / 10, None),
            (CATCH_UP_PERIOD, timedelta(0)),
        ],
    )
    def test_it_is_caught_up_ever_faster(self, since: timedelta, expected: timedelta | None) -> None:
        found = circuits.pace_of_circuit(circuit(closed_at=AT), AT + since)
        assert found == expected if expected is not None else timedelta(0) < found < timedelta(seconds=0.01)

    @pytest.mark.parametrize(
        ("before", "after", "expected"),
        [
            ({"failures": 2, "profiles": [3]}, SECOND, (3, [3, 7], AT)),
            ({"failures": 2, "profiles": [7]}, SECOND, (3, [7], AT)),
            ({"failures": 4, "profiles": [1, 2, 3]}, SECOND, (5, [1, 2, 3], AT)),
            ({"failures": 2, "profiles": [3]}, timedelta(minutes=5), (3, [3, 7], AT)),
            (
                {"failures": 2, "profiles": [3]},
                timedelta(minutes=5, seconds=1),
                (1, [7], AT + timedelta(minutes=5, seconds=1)),
            ),
            ({"failures": 2, "profiles": [3], "opened_at": AT}, timedelta(minutes=6), (3, [3, 7], AT)),
            ({}, SECOND, (1, [7], AT + SECOND)),
        ],
    )
    def test_failures_in_a_row_are_counted_with_whose_they_were(self, before, after, expected) -> None:
        one = circuit(**before)
        circuits.count_failure(one, Profile(pk=7), "x" * 600, AT + after)
        assert (one.failures, one.profiles, one.failing_since, one.reason) == (*expected, "x" * 500)

    def test_what_is_caught_up_for_long_enough_is_forgotten_by_the_next_failure(self) -> None:
        for since, gone in ((CATCH_UP_PERIOD - SECOND, False), (CATCH_UP_PERIOD, True)):
            one = circuit(closed_at=AT, next_at=AT, wait=MINUTE)
            circuits.count_failure(one, Profile(pk=7), "", AT + since)
            assert (one.closed_at is None, one.next_at is None, one.wait is None) == (gone, gone, gone)

    def test_closed_it_counts_anew(self, db) -> None:
        one = circuit(failures=5, profiles=[1], opened_at=AT, probing=True, next_at=AT + MINUTE, wait=MINUTE)
        circuits.close_circuit(one, AT)
        row = Circuit.objects.get()
        assert (row.failures, row.profiles, row.opened_at, row.closed_at, row.next_at, row.probing, row.wait) == (
            0,
            [],
            None,
            AT,
            AT,
            False,
            MINUTE,
        )

    def test_who_may_leave(self, db) -> None:
        assert circuits.take_circuit_turn(None, AT) is True
        assert circuits.take_circuit_turn(2**40, AT) is True
        well = Circuit.objects.create(network="x", failing_since=AT, failures=1)
        assert circuits.take_circuit_turn(well.pk, AT) is True
        shut = Circuit.objects.create(network="facebook", failing_since=AT, opened_at=AT, next_at=AT + MINUTE)
        assert circuits.take_circuit_turn(shut.pk, AT + MINUTE - SECOND) is False
        assert circuits.take_circuit_turn(shut.pk, AT + MINUTE) is True
        shut.refresh_from_db()
        assert (shut.probing, shut.next_at) == (True, AT + MINUTE + circuits.PROBE_LEASE)
        assert circuits.take_circuit_turn(shut.pk, AT + MINUTE) is False
        Circuit.objects.filter(pk=shut.pk).update(opened_at=None, closed_at=AT, next_at=AT, probing=False)
        assert circuits.take_circuit_turn(shut.pk, AT + SECOND * 5) is True
        shut.refresh_from_db()
        assert AT + SECOND * 4 < shut.next_at < AT + SECOND * 5
        assert shut.probing is False

    def test_what_may_leave_through_one_says_nothing_of_another(self, db) -> None:
        ready, shut = (
            Circuit.objects.create(network=name, failing_since=AT, opened_at=AT, next_at=AT + wait)
            for name, wait in (("facebook", -SECOND), ("x", MINUTE))
        )
        assert circuits.take_circuit_turn(shut.pk, AT) is False
        assert circuits.take_circuit_turn(ready.pk, AT) is True
        shut.refresh_from_db()
        assert (shut.next_at, shut.probing) == (AT + MINUTE, False)

    def test_what_could_have_left_long_ago_makes_up_for_a_moment_alone(self, db) -> None:
        one = Circuit.objects.create(network="x", failing_since=AT, closed_at=AT, next_at=AT + SECOND * 9)
        assert circuits.take_circuit_turn(one.pk, AT + SECOND * 9) is True
        one.refresh_from_db()
        assert one.next_at > AT + SECOND * 9  # its turn, and not a second before

    @pytest.mark.parametrize(
        ("kind", "outcome", "called"),
        [
            ("look", {"answered": False}, None),
            ("send", {"answered": False, "reason": "Down"}, ("failed", "Down")),
            ("send", {"answered": True, "refuses_app": True}, ("refused",)),
            ("send", {"answered": True}, ("answered", 5)),
            ("send", {"answered": None}, None),
        ],
    )
    def test_what_a_sending_says_of_its_network(self, monkeypatch, kind, outcome, called) -> None:
        calls: list[tuple] = []
        monkeypatch.setattr(
            circuits, "record_network_failure", lambda profile, reason, at: calls.append(("failed", reason))
        )
        monkeypatch.setattr(circuits, "record_app_refusal", lambda profile, outcome, at: calls.append(("refused",)))
        monkeypatch.setattr(circuits, "record_network_answer", lambda pk, at: calls.append(("answered", pk)))
        row = Outgoing(profile=Profile())
        row.circuit_id = 5
        circuits.update_circuit(row, Attempt(kind=kind), Outcome("", "", **outcome), AT)
        assert calls == ([called] if called else [])
        row.circuit_id = None
        circuits.update_circuit(row, Attempt(kind="send"), Outcome("", "", answered=True), AT)
        assert calls == ([called] if called else [])

    def test_it_is_judged_by_whose_row_it_was_what_came_of_it_and_when(self, monkeypatch) -> None:
        calls: list[tuple] = []
        for name in ("record_network_failure", "record_app_refusal", "record_network_answer"):
            monkeypatch.setattr(circuits, name, lambda *given: calls.append(given))
        row, ours = Outgoing(profile=Profile(pk=7)), Outcome("", "", answered=True, refuses_app=True)
        row.circuit_id = 5
        for outcome in (Outcome("", "", "Down", answered=False), ours, Outcome("", "", answered=True)):
            circuits.update_circuit(row, Attempt(kind="send"), outcome, AT)
        assert calls == [(row.profile, "Down", AT), (row.profile, ours, AT), (5, AT)]

    def test_practising_says_nothing_of_our_app_elsewhere(self, cast: Cast, in_acme) -> None:
        Profile.unscoped.filter(pk=cast.theirs.pk).update(sandbox=True)
        assert circuits.app_refusals_needed(cast.x) == 1

    def test_how_many_profiles_show_that_our_app_is_refused(self, cast: Cast, in_acme) -> None:
        Profile.unscoped.filter(pk=cast.theirs.pk).update(state="disconnected")
        assert circuits.app_refusals_needed(cast.x) == 1
        Profile.unscoped.filter(pk=cast.theirs.pk).update(state="connected")
        assert circuits.app_refusals_needed(cast.x) == 2
        assert circuits.app_refusals_needed(cast.page) == 1
        Profile.unscoped.update(sandbox=True)
        cast.x.sandbox = True
        assert circuits.app_refusals_needed(cast.x) == 1

    def test_an_answer_closes_it_forgets_it_or_counts_anew(self, db, monkeypatch) -> None:
        told: list[Circuit] = []
        monkeypatch.setattr(circuits, "announce_circuit", told.append)
        one = Circuit.objects.create(network="x", failing_since=AT, failures=5, opened_at=AT, profiles=[1])
        circuits.record_network_answer(one.pk, AT)
        one.refresh_from_db()
        assert (one.opened_at, one.closed_at, told) == (None, AT, [one])
        Circuit.objects.update(failures=1, profiles=[1])
        circuits.record_network_answer(one.pk, AT + CATCH_UP_PERIOD - SECOND)
        one.refresh_from_db()
        assert (one.failures, one.profiles) == (0, [])
        circuits.record_network_answer(one.pk, AT + CATCH_UP_PERIOD)
        assert not Circuit.objects.exists()
        Circuit.objects.create(pk=one.pk, network="x", failing_since=AT, failures=1)
        circuits.record_network_answer(one.pk, AT)
        circuits.record_network_answer(one.pk, AT)
        assert not Circuit.objects.exists()
        assert len(told) == 1

    def test_a_failure_is_told_when_it_opens_and_each_probe_in_vain_is_not(self, cast: Cast, monkeypatch) -> None:
        told: list[str] = []
        monkeypatch.setattr(circuits, "announce_circuit", lambda one: told.append(one.failure_mode))
        for number in range(6):
            circuits.record_network_failure(cast.x, "Down", AT + number * SECOND)
        one = Circuit.objects.get()
        assert (one.failures, one.network, one.sandbox, one.organization, one.profiles) == (
            6,
            "x",
            False,
            None,
            [cast.x.pk],
        )
        assert (one.opened_at, told) == (AT + 5 * SECOND, ["silent"])
        circuits.record_network_failure(cast.x, "Down", AT + MINUTE)
        one.refresh_from_db()
        assert (one.wait, told) == (FIRST_PROBE_WAIT, ["silent"])
        Circuit.objects.update(probing=True)
        circuits.record_network_failure(cast.x, "Down", AT + MINUTE)
        one.refresh_from_db()
        assert (one.wait, told) == (FIRST_PROBE_WAIT * 2, ["silent"])

    def test_our_app_refused_for_one_profile_or_for_all(self, cast: Cast, monkeypatch) -> None:
        told: list[str] = []
        monkeypatch.setattr(circuits, "announce_circuit", lambda one: told.append(one.failure_mode))
        ours = Outcome("postpone", "app refused", "x" * 600, refuses_app=True)
        circuits.record_app_refusal(cast.x, ours, AT)
        one = Circuit.objects.get()
        assert (one.failures, one.profiles, one.opened_at, one.reason, told) == (0, [cast.x.pk], None, "x" * 500, [])
        circuits.record_app_refusal(cast.theirs, ours, AT)
        one.refresh_from_db()
        assert (one.profiles, one.opened_at, one.next_at) == ([cast.x.pk, cast.theirs.pk], AT, AT + APP_WAIT)
        assert told == ["refuses"]
        Circuit.objects.update(opened_at=None, failures=3, profiles=[99], closed_at=None)
        circuits.record_app_refusal(cast.x, ours, AT)
        one.refresh_from_db()
        assert (one.profiles, one.failures, one.opened_at) == ([cast.x.pk], 0, None)
        Circuit.objects.update(opened_at=AT, failures=3)
        circuits.record_app_refusal(cast.x, ours, AT)
        one.refresh_from_db()
        assert (one.opened_at, one.closed_at) == (None, AT)
        circuits.record_app_refusal(cast.x, Outcome("", "", refuses_app=True, shuts_out_app=True), AT)
        one.refresh_from_db()
        assert one.opened_at == AT

    def test_what_waits_for_it(self, cast: Cast, in_acme) -> None:
        row = put(cast.x)
        at = row.planned_at
        one = Circuit(network="x", sandbox=False)
        assert list(circuits.rows_waiting_for_probe(one, at)) == [row]
        assert list(circuits.rows_waiting_for_probe(one, at - SECOND)) == []
        assert list(circuits.rows_waiting_for_probe(Circuit(network="facebook"), at)) == []
        assert list(circuits.rows_waiting_for_probe(Circuit(network="x", sandbox=True), at)) == []
        assert list(circuits.rows_waiting_for_probe(Circuit(network="x", organization_id=cast.globex.pk), at)) == []
        assert list(circuits.rows_waiting_for_probe(Circuit(network="x", organization_id=cast.acme.pk), at)) == [row]
        for columns in ({"held": "chain"}, {"state": "sent"}, {"due_at": at + timedelta(minutes=6)}):
            before = {name: getattr(row, name) for name in columns}
            Outgoing.objects.update(**columns)
            assert list(circuits.rows_waiting_for_probe(one, at)) == [], columns
            Outgoing.objects.update(**before)
        Profile.objects.update(state="disconnected")
        assert list(circuits.rows_waiting_for_probe(one, at)) == []

    @pytest.mark.parametrize(
        ("columns", "seen"),
        [
            ({"opened_at": AT, "failures": 5}, (AT, True, None)),
            ({"opened_at": AT, "reason": "No credits."}, (AT, True, "No credits.")),
            ({"closed_at": AT}, (None, False, None)),
            ({"opened_at": AT, "network": "facebook"}, (None, False, None)),
            ({"opened_at": AT, "sandbox": True}, (None, False, None)),
        ],
    )
    def test_what_a_query_for_profiles_sees_of_it(self, cast: Cast, in_acme, columns, seen) -> None:
        Circuit.objects.create(**({"network": "x", "failing_since": AT} | columns))

        def is_down(profile: str = "") -> Q:
            return readiness.is_held_by("down", profile) | readiness.is_held_by("refused", profile)

        rows = Profile.objects.annotate(
            since=readiness.circuit_open_since(), shut=is_down(), why=readiness.refusal_reason()
        )
        assert rows.values_list("since", "shut", "why").get(pk=cast.x.pk) == seen
        put(cast.x)
        of_rows = {"since": readiness.circuit_open_since, "shut": is_down, "why": readiness.refusal_reason}
        rows = Outgoing.objects.annotate(**{name: what("profile__") for name, what in of_rows.items()})
        assert rows.values_list("since", "shut", "why").get() == seen

    def test_reading_closes_it_where_nothing_waits(self, cast: Cast, in_acme) -> None:
        Circuit.objects.create(network="x", failing_since=AT, failures=5, opened_at=AT)
        row = put(cast.x)
        circuits.record_read(cast.x, row.planned_at)
        circuits.record_read(cast.page, row.planned_at)
        assert Circuit.objects.get().opened_at == AT
        circuits.record_read(cast.x, row.planned_at - SECOND)
        one = Circuit.objects.get()
        assert (one.opened_at, one.closed_at) == (None, row.planned_at - SECOND)
