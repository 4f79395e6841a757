"""Releasing a pause: what became overdue under it leaves, waits or is cancelled, as somebody has decided."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from networks.actions.backlog import SEND_SPACING, BacklogDecision
from networks.actions.outgoing import enqueue_chain
from networks.contract import Draft, DraftKind
from networks.models import Held, Outgoing, Priority
from networks.outbox.claims import begin_next_row
from networks.signals import outgoing_held
from teams.actions.pauses import pause_publishing, release_pause
from tests.cast import Cast
from tests.outbox.rows import begun, put

pytestmark = pytest.mark.usefixtures("in_acme")


@pytest.fixture
def overdue(cast: Cast) -> dict[str, Outgoing]:
    rows = {
        "old": put(cast.x, late=timedelta(hours=3)),
        "older": put(cast.x, late=timedelta(hours=5)),
        "fresh": put(cast.x, late=timedelta(minutes=20)),
        "page": put(cast.page, late=timedelta(minutes=10)),
        "reply": put(cast.x, kind=DraftKind.REPLY, late=timedelta(hours=3)),
        "ahead": put(cast.x, late=timedelta(hours=-3)),
    }
    rows["part"] = put(cast.x, late=timedelta(hours=3), held=Held.CHAIN, after=rows["old"])
    return rows


@pytest.mark.parametrize(
    ("kept", "sent", "held", "cancelled"),
    [
        (BacklogDecision.RECENT, {"fresh", "page"}, {"old", "older"}, set()),
        (BacklogDecision.SEND, {"old", "older", "fresh", "page"}, set(), set()),
        (BacklogDecision.HOLD, set(), {"old", "older", "fresh", "page"}, set()),
        (BacklogDecision.CANCEL, set(), set(), {"old", "older", "fresh", "page", "part"}),
    ],
)
def test_what_is_overdue_becomes_what_was_decided(cast: Cast, overdue, kept, sent, held, cancelled) -> None:
    told: list[Outgoing] = []

    def hear(rows, **_) -> None:
        told.extend(rows)

    outgoing_held.connect(hear)
    pause = pause_publishing(cast.olive, cast.acme)
    at = now()
    done = release_pause(cast.olive, pause, kept=kept)
    outgoing_held.disconnect(hear)
    assert done == {"sent": len(sent), "held": len(held), "cancelled": len(cancelled - {"part"})}
    for name, row in overdue.items():
        before = (row.planned_at, row.priority)
        row.refresh_from_db()
        assert (row.state == "cancelled") == (name in cancelled), name
        assert (row.held == Held.TOO_LATE) == (name in held), name
        assert ((row.planned_at, row.priority) != before) == (name in sent), name
    assert {row.pk for row in told} == {overdue[name].pk for name in held}
    if kept == BacklogDecision.SEND:
        lane = [overdue[name] for name in ("older", "old", "fresh")]
        assert [row.priority for row in lane] == [Priority.BULK] * 3
        assert [row.planned_at - lane[0].planned_at for row in lane] == [SEND_SPACING * n for n in range(3)]
        assert lane[0].planned_at >= at


def test_a_release_under_another_pause_decides_nothing(cast: Cast, overdue) -> None:
    pause_publishing(cast.lena, cast.x, keeps_replies=True)
    pause = pause_publishing(cast.olive, cast.acme)
    assert release_pause(cast.olive, pause, kept=BacklogDecision.CANCEL) == {
        "sent": 0,
        "held": 0,
        "cancelled": 1,
    }  # of the page
    overdue["old"].refresh_from_db()
    assert (overdue["old"].state, overdue["old"].held) == ("waiting", "")


def test_what_is_sent_after_a_release_is_not_too_late_again(cast: Cast, overdue) -> None:
    type(cast.acme).objects.filter(pk=cast.acme.pk).update(too_late_minutes=30)
    release_pause(cast.olive, pause_publishing(cast.olive, cast.x), kept=BacklogDecision.SEND)
    for row in (overdue["reply"], overdue["page"]):
        assert begun() == row
        Outgoing.objects.filter(state="sending").update(state="sent")
    found = begin_next_row(now())
    assert found is not None
    assert (found[0], found[0].state) == (overdue["older"], "sending")


def test_the_parts_of_a_thread_are_planned_anew_with_the_first(cast: Cast) -> None:
    drafts = [Draft(kind=DraftKind.POST, text=text) for text in ("One", "Two", "Three")]
    for number in range(2):
        enqueue_chain(cast.x, drafts, key=f"thread{number}", due_at=now() - timedelta(hours=3))
    release_pause(cast.olive, pause_publishing(cast.olive, cast.x), kept=BacklogDecision.SEND)
    rows = Outgoing.objects.filter(profile=cast.x).order_by("pk")
    assert {row.priority for row in rows} == {Priority.BULK}
    assert {row.held for row in rows if row.part > 1} == {Held.CHAIN}
    first, second = ({row.planned_at for row in rows if row.key.startswith(f"thread{number}")} for number in range(2))
    assert [at + SEND_SPACING for at in first] == [*second]


def test_a_release_costs_the_same_for_many(cast: Cast, django_assert_num_queries) -> None:
    for _ in range(3):
        for profile in (cast.x, cast.page):
            put(profile, late=timedelta(hours=2))
    with django_assert_num_queries(9):
        pause = pause_publishing(cast.olive, cast.acme)
    with django_assert_num_queries(22):
        release_pause(cast.olive, pause, kept=BacklogDecision.HOLD)
