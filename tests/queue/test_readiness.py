"""Whoever asks whether a row may leave is told the same: dispatcher, queue, list of posts, profile, alarms, fallback plan."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from networks.models import Circuit, Limit, Outgoing, Priority, Profile
from networks.outbox.lanes import lock_next_row
from networks.queries.hindrances import rows_held_up_by
from networks.queries.holds import annotate_waits, holds_by_profile, waits_of
from networks.queries.queue import annotate_hold, overdue_rows
from networks.readiness import HOLDS, NETWORK_HOLDS, rows_held_by_network_alone
from publishing.models import Delivery
from publishing.queries.posts import list_posts, shown_state_case, with_shown_state

A_WHILE = timedelta(minutes=15)
LATER, BEFORE = A_WHILE, -A_WHILE
CIRCUITS = {  # of the network: (failures, opened, closed, next), each so long from now
    "well": None,
    "silent": (5, BEFORE, None, LATER),
    "silent, to be probed": (5, BEFORE, None, BEFORE),
    "refuses our app": (0, BEFORE, None, LATER),
    "refuses our app, to be probed": (0, BEFORE, None, BEFORE),
    "answers again": (0, None, BEFORE, BEFORE),
    "answers again, and paces": (0, None, BEFORE, LATER),
}
PROBED = {"silent, to be probed", "refuses our app, to be probed"}  # one may leave, to see whether it answers again
PACED = "answers again, and paces"  # nothing holds it: it leaves in its turn


@dataclass(frozen=True)
class State:
    connected: bool
    pause: str
    held_until: timedelta | None
    circuit: str
    limits: frozenset[tuple[str, str, timedelta]]  # (of, whose, until)
    held: str
    priority: int
    later: bool  # planned for in two hours


one_limit = st.tuples(
    st.sampled_from(Limit.Of.values), st.sampled_from(("own", "app", "another's")), st.sampled_from((BEFORE, LATER))
)
states = st.builds(  # most of it well, or one thing would hide the other
    State,
    connected=st.sampled_from((True, True, True, True, False)),
    pause=st.sampled_from(("", "", "", "posts", "all")),
    held_until=st.sampled_from((None, None, BEFORE, LATER)),
    circuit=st.sampled_from((*["well"] * 5, *CIRCUITS)),
    limits=st.frozensets(one_limit, max_size=2),
    held=st.sampled_from((*[""] * 5, "chain", "too_late")),
    priority=st.sampled_from(Priority.values),
    later=st.sampled_from((False, False, True)),
)


def arrange(state: State, profile: Profile, other: Profile, row: Outgoing, at: datetime) -> None:
    until = state.held_until and at + state.held_until
    health = "connected" if state.connected else "disconnected"
    Profile.objects.filter(pk=profile.pk).update(state=health, pause=state.pause, held_until=until)
    if circuit := CIRCUITS[state.circuit]:
        failures, opened, closed, following = circuit
        Circuit.objects.create(
            network=profile.network,
            failures=failures,
            failing_since=at + BEFORE,
            opened_at=opened and at + opened,
            closed_at=closed and at + closed,
            next_at=at + following,
        )
    whose = {"own": profile, "app": None, "another's": other}
    rows = {(of, owner): at + until for of, owner, until in state.limits}
    for (of, owner), until in rows.items():
        Limit.objects.create(network=profile.network, profile=whose[owner], of=of, until=until)
    Outgoing.objects.filter(pk=row.pk).update(held=state.held, priority=state.priority)


@pytest.mark.usefixtures("in_acme")
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # not shrunk: each example asks the database twenty times
)
@given(state=states)
def test_all_who_ask_are_told_the_same(cast, lay, state: State) -> None:
    with transaction.atomic():
        row = lay("Bread", minutes=120 if state.later else -3)
        at = now()
        arrange(state, cast.x, cast.page, row, at)
        rows, deliveries = Outgoing.objects.filter(pk=row.pk), Delivery.objects.filter(outgoing=row)

        leaves = lock_next_row(cast.acme.pk, at) is not None
        hold = annotate_hold(rows, at).get().hold
        of_profile = holds_by_profile([cast.x.pk], at)[cast.x.pk]
        waits = {wait.hold for wait in waits_of(annotate_waits(Profile.objects.filter(pk=cast.x.pk), at).get())}
        shown = with_shown_state(list_posts(cast.olive), shown_state_case()).get(pk=row.delivery.post_id).shown
        found_as = {word for word in ("held", "paused") if list_posts(cast.olive, state=word).exists()}
        is_overdue = overdue_rows(rows, at).exists()
        by_network_alone = rows_held_by_network_alone(deliveries, at, profile="profile__", row="outgoing__").exists()
        held_by_network = rows_held_up_by(reach_of_network(cast.x), at).exists()
        transaction.set_rollback(True)

    lasting = held_longer(state, of_profile)
    assert waits == of_profile - {"disconnected"}
    assert held_by_network == (not lasting and not state.later)
    assert is_overdue == leaves
    if state.later:
        assert not leaves
        assert hold in lasting if lasting else hold == ""
    else:
        probed = state.circuit in PROBED and hold in NETWORK_HOLDS
        assert leaves == ((hold == "" and state.circuit != PACED) or probed_freely(state, of_profile, probed))
        assert hold in of_profile | {state.held}
    if state.priority == Priority.REPLY:
        return
    assert by_network_alone == (of_profile <= NETWORK_HOLDS and not state.held)
    holding = lasting if state.later else lasting | of_profile
    assert (hold == "") == (not holding)
    assert (shown == "scheduled") == (holding <= {"chain"})
    assert (shown == "paused") == (hold == "paused")
    assert found_as == {shown} & {"held", "paused"}


def held_longer(state: State, of_profile: frozenset[str]) -> frozenset[str]:
    """What keeps it also where its time is still to come."""
    found = {word for word in of_profile if not HOLDS[word].passes} | ({state.held} - {""})
    return frozenset(found - ({"paused"} if state.priority == Priority.REPLY and state.pause == "posts" else set()))


def reach_of_network(profile: Profile) -> Circuit:
    return Circuit(network=profile.network, sandbox=profile.sandbox, failing_since=now())


def probed_freely(state: State, of_profile: frozenset[str], probed: bool) -> bool:
    """Whether the silence of the network is all that holds it, and it may be the one that sees whether it is over."""
    holds = of_profile - NETWORK_HOLDS
    if state.priority == Priority.REPLY:
        holds -= {"paused"} if state.pause == "posts" else set()
        holds -= {"limit"} if not holds_everything(state) else set()
    return probed and not state.held and not holds


def holds_everything(state: State) -> bool:
    every = any(of == "all" and whose != "another's" and until == LATER for of, whose, until in state.limits)
    return state.held_until == LATER or every
