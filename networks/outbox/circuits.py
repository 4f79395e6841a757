"""Whether a network takes anything. After many failures in a row its circuit opens: nothing leaves but a probe now and
then. When a probe is answered it closes, and what has waited leaves by itself, slowly at first.

What the network refuses in words, limits included, is an answer. Only what it refuses because of our app, credits that
are used up for one, opens a circuit too: no post could leave, whosever it is. Only writes count: where reading fails
posts may still leave, and where reading works they may not.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from networks.models import Attempt, Circuit, Outgoing, Profile
from networks.notices import tell_circuit
from networks.outbox.outcomes import APP_WAIT, Outcome, paced
from networks.outbox.reach import reach_of
from networks.readiness import kept_by_network_alone

ENOUGH, OF_PROFILES = 5, 3  # failures in a row, of so many profiles
ENOUGH_OF_FEWER = 6
ENOUGH_AGAIN = 2  # while it is caught up
ENOUGH_OF_APP = 2  # profiles for which our app was refused, where that may be their own fault
WITHIN = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = paced(seconds=15), paced(seconds=60)
PROBE_LEASE = timedelta(seconds=1.5 * settings.SEND_TIMEOUT_SECONDS)  # longer than the slowest call
CATCH_UP = paced(seconds=60)
FIRST_PACE = timedelta(seconds=0.5)  # between two rows of a network that has just come back
DOUBLES_EVERY = CATCH_UP / 6
BURST = timedelta(seconds=1)  # what was not used of the last moment may be made up for


def lets_pass(circuit_id: int | None, now: datetime) -> bool:
    """Whether one row may leave now, which takes the turn: the probe of an open circuit, the next of one caught up."""
    circuit = Circuit.objects.filter(pk=circuit_id).first() if circuit_id else None
    if circuit is None or not (circuit.opened_at or circuit.closed_at):
        return True
    ready = Circuit.objects.filter(pk=circuit_id, opened_at=circuit.opened_at, next_at__lte=now)
    if circuit.opened_at:
        return bool(ready.update(next_at=now + PROBE_LEASE, probing=True))
    return bool(ready.update(next_at=Greatest(F("next_at"), now - BURST) + pace(circuit, now)))


def pace(circuit: Circuit, now: datetime) -> timedelta:
    """Between two rows: half of it each `DOUBLES_EVERY`, and nothing when the network is caught up."""
    assert circuit.closed_at
    since = now - circuit.closed_at
    return timedelta(0) if since >= CATCH_UP else FIRST_PACE / 2 ** (since / DOUBLES_EVERY)


def judge(row: Outgoing, attempt: Attempt, outcome: Outcome, now: datetime) -> None:
    """What a sending says of its network. A network that was well when the row was taken costs nothing here."""
    if attempt.kind == "look":
        return
    if outcome.answered is False:
        failed(row.profile, outcome.reason, now)
    elif outcome.refuses_app:
        refused(row.profile, outcome, now)
    elif outcome.answered and row.trouble:
        answered(row.trouble, now)


def failed(profile: Profile, reason: str, now: datetime) -> None:
    with transaction.atomic():
        circuit = locked(profile, now)
        before = circuit.mood
        count(circuit, profile, reason, now)
        if circuit.probing or (not circuit.opened_at and is_enough(circuit)):
            trip(circuit, now)
        circuit.save()
    if circuit.mood != before:
        tell_circuit(circuit)


def refused(profile: Profile, outcome: Outcome, now: datetime) -> None:
    """The network answers and takes nothing from our app: from nobody, or from this profile and perhaps others."""
    with transaction.atomic():
        circuit = locked(profile, now)
        before = circuit.mood
        others = [] if circuit.failures else circuit.profiles
        circuit.failures, circuit.profiles = 0, sorted({*others, profile.pk})[:OF_PROFILES]
        circuit.reason = outcome.reason[:500]
        if outcome.shuts_out_app or len(circuit.profiles) >= of_app(profile):
            shut(circuit, APP_WAIT, now)
        elif circuit.opened_at:
            close(circuit, now)
        circuit.save()
    if circuit.mood != before:
        tell_circuit(circuit)


def of_app(profile: Profile) -> int:
    """How many profiles are enough: fewer where there are no more."""
    # unscoped: our app serves every organization
    others = Profile.unscoped.filter(network=profile.network, sandbox=profile.sandbox, state="connected")
    if profile.sandbox:
        others = others.filter(organization=profile.organization_id)
    return min(ENOUGH_OF_APP, others.count())


def locked(profile: Profile, now: datetime) -> Circuit:
    """One statement makes it or locks it, so that nobody removes it in between."""
    reach = reach_of(profile)
    fresh = Circuit(**reach, failing_since=now)
    unique = ["network", "sandbox", "organization"]
    Circuit.objects.bulk_create([fresh], update_conflicts=True, unique_fields=unique, update_fields=["network"])
    return Circuit.objects.get(**reach)


def count(circuit: Circuit, profile: Profile, reason: str, now: datetime) -> None:
    if circuit.closed_at and now - circuit.closed_at >= CATCH_UP:
        circuit.closed_at = circuit.next_at = circuit.wait = None
    if now - circuit.failing_since > WITHIN and not circuit.opened_at:
        circuit.failures = 0
    if not circuit.failures:
        circuit.failing_since, circuit.profiles = now, []
    circuit.failures += 1
    circuit.profiles = sorted({*circuit.profiles, profile.pk})[:OF_PROFILES]
    circuit.reason = reason[:500]


def is_enough(circuit: Circuit) -> bool:
    if circuit.closed_at:
        return circuit.failures >= ENOUGH_AGAIN
    return circuit.failures >= (ENOUGH if len(circuit.profiles) >= OF_PROFILES else ENOUGH_OF_FEWER)


def trip(circuit: Circuit, now: datetime) -> None:
    """Opens it, or keeps it open after a probe in vain."""
    shut(circuit, min(LONGEST_WAIT, circuit.wait * 2) if circuit.wait else FIRST_WAIT, now)


def shut(circuit: Circuit, wait: timedelta, now: datetime) -> None:
    circuit.wait = wait
    circuit.opened_at = circuit.opened_at or now
    circuit.next_at = now + circuit.wait
    circuit.closed_at, circuit.probing = None, False


def answered(circuit_id: int, now: datetime) -> None:
    with transaction.atomic():
        circuit = Circuit.objects.select_for_update().filter(pk=circuit_id).first()
        if circuit is None:
            return
        was_open = circuit.opened_at is not None
        if was_open:
            close(circuit, now)
        elif circuit.closed_at is None or now - circuit.closed_at >= CATCH_UP:
            circuit.delete()
        elif circuit.failures:
            Circuit.objects.filter(pk=circuit_id).update(failures=0, profiles=[])
    if was_open:
        tell_circuit(circuit)


def close(circuit: Circuit, now: datetime) -> None:
    circuit.opened_at, circuit.closed_at = None, now
    circuit.next_at = now
    circuit.failures, circuit.profiles, circuit.probing = 0, [], False
    circuit.save()


def was_read(profile: Profile, now: datetime) -> None:
    """The network answered a question. That closes a circuit only where nothing waits that could be its probe."""
    circuit = Circuit.objects.filter(**reach_of(profile)).exclude(opened_at=None).first()
    if circuit is not None and not waiting(circuit, now).exists():
        answered(circuit.pk, now)


def waiting(circuit: Circuit, now: datetime):
    """What nothing but its network holds up, which could be its probe before long. Index outgoing_due_open."""
    # unscoped: a network that is down holds up every organization
    rows = Outgoing.unscoped.filter(state="waiting", held="", planned_at__lte=now, due_at__lte=now + WITHIN)
    rows = rows.filter(profile__network=circuit.network, profile__sandbox=circuit.sandbox)
    if circuit.organization_id:
        rows = rows.filter(organization=circuit.organization_id)
    return kept_by_network_alone(rows, now + WITHIN, profile="profile__", row="")
