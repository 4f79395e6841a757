"""Two posts of a profile that say the same on purpose: each leaves once, and neither is taken for the other."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from networks.models import Attempt, Outgoing, RemotePost
from networks.outbox.claims import begin_next_row, claim_row_to_look_for
from networks.outbox.reconciling import LOOK_LEASE, begin_look
from networks.outbox.twins import TWIN_WAIT_REASON
from organizations.tenancy import scope
from tests.outbox.conftest import Outbox

SAME = "Open today"


@pytest.fixture(autouse=True)
def a_network_that_takes_it_twice(outbox: Outbox) -> None:
    outbox.network.refuses_duplicates = False


def pass_time(outbox: Outbox, minutes: int = 8) -> None:
    for number in range(4 * minutes):
        outbox.step(after=timedelta(seconds=15 * number))
        # the network's clock cannot be turned, so it has all that was tried by now
        Outgoing.unscoped.filter(first_tried_at__gt=now()).update(first_tried_at=now())


def links(*rows: Outgoing) -> set[str]:
    return set(RemotePost.unscoped.filter(outgoing__in=rows).values_list("remote_id", flat=True))


@pytest.mark.parametrize("second", ["", "error", "error_after", "cut", "cut_after", "nonsense"])
@pytest.mark.parametrize("first", ["error", "error_after", "cut_after"])
def test_each_leaves_once_whatever_becomes_of_the_other(outbox: Outbox, first: str, second: str) -> None:
    outbox.network.fail_next(first)
    if not first.endswith("_after"):
        outbox.network.fail_next("")  # it was not there, so it leaves once more
    outbox.network.fail_next(second)
    rows = [outbox.put(SAME), outbox.put(SAME)]
    pass_time(outbox)
    assert [outbox.row(row).state for row in rows] == ["sent", "sent"]
    assert outbox.network.published_texts() == [SAME, SAME]
    assert links(*rows) == {post["id"] for post in outbox.network.own}


def test_the_second_waits_while_the_end_of_the_first_is_not_known(outbox: Outbox) -> None:
    outbox.network.fail_next("cut")
    first, second, other = outbox.put(SAME), outbox.put(SAME), outbox.put("Something else")
    outbox.step()
    assert [outbox.row(row).state for row in (first, second, other)] == ["unknown", "waiting", "sent"]
    assert outbox.row(second).reason == TWIN_WAIT_REASON
    assert outbox.ledger(second) == []


@pytest.mark.parametrize("alike", ["Open  today", "open".capitalize() + "\ntoday ", "http://a.com", "caf\u00e9"])
def test_so_does_one_that_the_network_might_show_alike(outbox: Outbox, alike: str) -> None:
    said = {"http://a.com": "a.com", "caf\u00e9": "cafe\u0301"}.get(alike, SAME)
    outbox.network.fail_next("cut")
    first, second = outbox.put(said), outbox.put(alike)
    outbox.step()
    assert [outbox.row(row).state for row in (first, second)] == ["unknown", "waiting"]
    pass_time(outbox)
    assert [outbox.row(row).state for row in (first, second)] == ["sent", "sent"]
    assert len(outbox.network.own) == len(links(first, second)) == 2


def test_what_only_a_person_can_tell_holds_nothing_up(outbox: Outbox) -> None:
    outbox.network.fail_next("cut")
    first, second = outbox.put(SAME), outbox.put(SAME)
    outbox.step()
    Outgoing.unscoped.filter(pk=first.pk).update(needs_person=True)
    outbox.step(after=timedelta(seconds=5))
    assert outbox.row(second).state == "sent"


@pytest.fixture
def both_unknown(outbox: Outbox) -> list[Outgoing]:
    """As rows were before anybody heeded this, or after a person has decided."""
    rows = [outbox.put(SAME), outbox.put(SAME)]
    Outgoing.unscoped.update(state="unknown", due_at=now())
    return rows


def test_they_are_looked_for_one_after_the_other(outbox: Outbox, both_unknown: list[Outgoing]) -> None:
    claims = [claim_row_to_look_for(now() + timedelta(seconds=1)) for _ in both_unknown]
    with scope(outbox.profile.organization_id):
        first, second = (Outgoing.objects.get(pk=claim.outgoing_id) for claim in claims)
        begun = begin_look(first, now())
        assert begin_look(second, now()) is None
        assert outbox.row(second).due_at < now() + timedelta(seconds=5)
        Attempt.objects.filter(pk=begun.pk).update(finished_at=now())
        assert begin_look(second, now())


def test_a_dead_look_is_not_waited_for_for_ever(outbox: Outbox, both_unknown: list[Outgoing]) -> None:
    with scope(outbox.profile.organization_id):
        first, second = both_unknown
        begin_look(first, now() - 2 * LOOK_LEASE)
        assert begin_look(second, now())


def test_nothing_is_looked_for_while_its_twin_is_being_sent(outbox: Outbox, both_unknown: list[Outgoing]) -> None:
    first, second = both_unknown
    Outgoing.unscoped.filter(pk=first.pk).update(state="waiting", claim=None)
    Outgoing.unscoped.filter(pk=second.pk).update(needs_person=True)  # so that the first may begin
    with scope(outbox.profile.organization_id):
        assert begin_next_row(now())
        assert begin_look(outbox.row(second), now()) is None
