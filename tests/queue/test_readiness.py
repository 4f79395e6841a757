"""Whoever asks whether a row may leave is told the same: dispatcher, queue, list of posts, profile, fallback plan."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from networks.models import Circuit, Limit, Outgoing, Priority, Profile
from networks.outbox.lanes import lock_next
from networks.queries.holds import holds_of, with_waits
from networks.queries.queue import overdue, with_hold
from publishing.actions.fallback import SILENT, is_silent
from publishing.queries.posts import listed, with_shown

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
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(state=states)
def test_all_who_ask_are_told_the_same(cast, lay, state: State) -> None:
    with transaction.atomic():
        row = lay("Bread", minutes=-3)
        at = now()
        arrange(state, cast.x, cast.page, row, at)

        leaves = lock_next(cast.acme.pk, at)
        hold = with_hold(Outgoing.objects.filter(pk=row.pk), at).get().hold
        profile = with_waits(Profile.objects.filter(pk=cast.x.pk), at).get()
        of_profile = frozenset(holds_of(profile, at))
        shown = with_shown(listed(cast.olive)).get(pk=row.delivery.post_id).shown
        is_overdue = overdue(Outgoing.objects.filter(pk=row.pk), at).exists()
        transaction.set_rollback(True)

    probed = state.circuit in PROBED and hold in SILENT
    assert (leaves is not None) == ((hold == "" and state.circuit != PACED) or probed_freely(state, of_profile, probed))
    assert is_overdue == (leaves is not None)
    if state.priority == Priority.REPLY:
        assert hold in of_profile | {state.held}
        return
    assert (hold == "") == (not of_profile and not state.held)
    assert hold in of_profile | {state.held}
    assert (shown == "scheduled") == (not of_profile and state.held != "too_late")
    assert (shown == "paused") == (hold == "paused")
    assert not (is_silent(of_profile) and hold not in {*SILENT, state.held})


def probed_freely(state: State, of_profile: frozenset[str], probed: bool) -> bool:
    """Whether the silence of the network is all that holds it, and it may be the one that sees whether it is over."""
    holds = of_profile - SILENT
    if state.priority == Priority.REPLY:
        holds -= {"paused"} if state.pause == "posts" else set()
        holds -= {"limit"} if not holds_everything(state) else set()
    return probed and not state.held and not holds


def holds_everything(state: State) -> bool:
    every = any(of == "all" and whose != "another's" and until == LATER for of, whose, until in state.limits)
    return state.held_until == LATER or every
