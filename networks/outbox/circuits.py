"""Whether a network takes anything. After many failures in a row its circuit opens: nothing leaves but a probe now and
then. When a probe is answered it closes, and what has waited leaves by itself, slowly at first.

What the network refuses in words, limits included, is an answer. Only what it refuses because of our app, credits that
are used up for one, opens a circuit too: no post could leave, whosever it is. Only writes count: where reading fails
posts may still leave, and where reading works they may not.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from networks.models import Attempt, Circuit, Outgoing, Profile
from networks.notices import announce_circuit
from networks.outbox.outcomes import APP_WAIT, Outcome, scale_wait
from networks.outbox.reach import reach_of
from networks.readiness import rows_held_by_network_alone

FAILURES_TO_TRIP, PROFILES_TO_TRIP = 5, 3  # failures in a row, of so many profiles
FAILURES_OF_FEWER_PROFILES = 6
FAILURES_TO_TRIP_AGAIN = 2  # while it is caught up
APP_REFUSALS_TO_TRIP = 2  # profiles for which our app was refused, where that may be their own fault
FAILURE_WINDOW = timedelta(minutes=5)
FIRST_PROBE_WAIT, MAX_PROBE_WAIT = scale_wait(seconds=15), scale_wait(seconds=60)
PROBE_LEASE = timedelta(seconds=1.5 * settings.SEND_TIMEOUT_SECONDS)  # longer than the slowest call
CATCH_UP_PERIOD = scale_wait(seconds=60)
FIRST_PACE = timedelta(seconds=0.5)  # between two rows of a network that has just come back
PACE_DOUBLES_EVERY = CATCH_UP_PERIOD / 6
BURST_PERIOD = timedelta(seconds=1)  # what was not used of the last moment may be made up for


def take_circuit_turn(circuit_id: int | None, now: datetime) -> bool:
    """Whether one row may leave now, which takes the turn: the probe of an open circuit, the next of one caught up."""
    circuit = Circuit.objects.filter(pk=circuit_id).first() if circuit_id else None
    if circuit is None or not (circuit.opened_at or circuit.closed_at):
        return True
    ready = Circuit.objects.filter(pk=circuit.pk, opened_at=circuit.opened_at, next_at__lte=now)
    if circuit.opened_at:
        return bool(ready.update(next_at=now + PROBE_LEASE, probing=True))
    return bool(ready.update(next_at=Greatest(F("next_at"), now - BURST_PERIOD) + pace_of_circuit(circuit, now)))


def pace_of_circuit(circuit: Circuit, now: datetime) -> timedelta:
    """Between two rows: half of it each `DOUBLES_EVERY`, and nothing when the network is caught up."""
    assert circuit.closed_at
    since = now - circuit.closed_at
    return timedelta(0) if since >= CATCH_UP_PERIOD else FIRST_PACE / 2 ** (since / PACE_DOUBLES_EVERY)


def update_circuit(row: Outgoing, attempt: Attempt, outcome: Outcome, now: datetime) -> None:
    """What a sending says of its network. A network that was well when the row was taken costs nothing here."""
    if attempt.kind == "look":
        return
    if outcome.answered is False:
        record_network_failure(row.profile, outcome.reason, now)
    elif outcome.refuses_app:
        record_app_refusal(row.profile, outcome, now)
    elif outcome.answered and row.circuit_id:
        record_network_answer(row.circuit_id, now)


def record_network_failure(profile: Profile, reason: str, now: datetime) -> None:
    with transaction.atomic():
        circuit = lock_circuit(profile, now)
        before = circuit.failure_mode
        count_failure(circuit, profile, reason, now)
        if circuit.probing or (not circuit.opened_at and has_enough_failures(circuit)):
            trip_circuit(circuit, now)
        circuit.save()
    if circuit.failure_mode != before:
        announce_circuit(circuit)


def record_app_refusal(profile: Profile, outcome: Outcome, now: datetime) -> None:
    """The network answers and takes nothing from our app: from nobody, or from this profile and perhaps others."""
    with transaction.atomic():
        circuit = lock_circuit(profile, now)
        before = circuit.failure_mode
        others = [] if circuit.failures else circuit.profiles
        circuit.failures, circuit.profiles = 0, sorted({*others, profile.pk})[:PROFILES_TO_TRIP]
        circuit.reason = outcome.reason[:500]
        if outcome.shuts_out_app or len(circuit.profiles) >= app_refusals_needed(profile):
            open_circuit(circuit, APP_WAIT, now)
        elif circuit.opened_at:
            close_circuit(circuit, now)
        circuit.save()
    if circuit.failure_mode != before:
        announce_circuit(circuit)


def app_refusals_needed(profile: Profile) -> int:
    """How many profiles are enough: fewer where there are no more."""
    # unscoped: our app serves every organization
    others = Profile.unscoped.filter(network=profile.network, sandbox=profile.sandbox, state="connected")
    if profile.sandbox:
        others = others.filter(organization=profile.organization_id)
    return min(APP_REFUSALS_TO_TRIP, others.count())


def lock_circuit(profile: Profile, now: datetime) -> Circuit:
    """One statement makes it or locks it, so that nobody removes it in between."""
    reach = reach_of(profile)
    fresh = Circuit(**reach, failing_since=now)
    unique = ["network", "sandbox", "organization"]
    Circuit.objects.bulk_create([fresh], update_conflicts=True, unique_fields=unique, update_fields=["network"])
    return Circuit.objects.get(**reach)


def count_failure(circuit: Circuit, profile: Profile, reason: str, now: datetime) -> None:
    if circuit.closed_at and now - circuit.closed_at >= CATCH_UP_PERIOD:
        circuit.closed_at = circuit.next_at = circuit.wait = None
    if now - circuit.failing_since > FAILURE_WINDOW and not circuit.opened_at:
        circuit.failures = 0
    if not circuit.failures:
        circuit.failing_since, circuit.profiles = now, []
    circuit.failures += 1
    circuit.profiles = sorted({*circuit.profiles, profile.pk})[:PROFILES_TO_TRIP]
    circuit.reason = reason[:500]


def has_enough_failures(circuit: Circuit) -> bool:
    if circuit.closed_at:
        return circuit.failures >= FAILURES_TO_TRIP_AGAIN
    return circuit.failures >= (
        FAILURES_TO_TRIP if len(circuit.profiles) >= PROFILES_TO_TRIP else FAILURES_OF_FEWER_PROFILES
    )


def trip_circuit(circuit: Circuit, now: datetime) -> None:
    """Opens it, or keeps it open after a probe in vain."""
    open_circuit(circuit, min(MAX_PROBE_WAIT, circuit.wait * 2) if circuit.wait else FIRST_PROBE_WAIT, now)


def open_circuit(circuit: Circuit, wait: timedelta, now: datetime) -> None:
    circuit.wait = wait
    circuit.opened_at = circuit.opened_at or now
    circuit.next_at = now + circuit.wait
    circuit.closed_at, circuit.probing = None, False


def record_network_answer(circuit_id: int, now: datetime) -> None:
    with transaction.atomic():
        circuit = Circuit.objects.select_for_update().filter(pk=circuit_id).first()
        if circuit is None:
            return
        was_open = circuit.opened_at is not None
        if was_open:
            close_circuit(circuit, now)
        elif circuit.closed_at is None or now - circuit.closed_at >= CATCH_UP_PERIOD:
            circuit.delete()
        elif circuit.failures:
            Circuit.objects.filter(pk=circuit_id).update(failures=0, profiles=[])
    if was_open:
        announce_circuit(circuit)


def close_circuit(circuit: Circuit, now: datetime) -> None:
    circuit.opened_at, circuit.closed_at = None, now
    circuit.next_at = now
    circuit.failures, circuit.profiles, circuit.probing = 0, [], False
    circuit.save()


def record_read(profile: Profile, now: datetime) -> None:
    """The network answered a question. That closes a circuit only where nothing waits that could be its probe."""
    circuit = Circuit.objects.filter(**reach_of(profile)).exclude(opened_at=None).first()
    if circuit is not None and not rows_waiting_for_probe(circuit, now).exists():
        record_network_answer(circuit.pk, now)


def rows_waiting_for_probe(circuit: Circuit, now: datetime) -> QuerySet[Outgoing]:
    """What nothing but its network holds up, which could be its probe before long. Index outgoing_due_open."""
    # unscoped: a network that is down holds up every organization
    rows = Outgoing.unscoped.filter(state="waiting", held="", planned_at__lte=now, due_at__lte=now + FAILURE_WINDOW)
    rows = rows.filter(profile__network=circuit.network, profile__sandbox=circuit.sandbox)
    if circuit.organization_id:
        rows = rows.filter(organization=circuit.organization_id)
    return rows_held_by_network_alone(rows, now + FAILURE_WINDOW, profile="profile__", row="")
