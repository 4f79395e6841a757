"""Looking takes its time, and a worker may vanish over it."""

from datetime import timedelta

from django.utils.timezone import now

from networks.errors import Unavailable
from networks.outbox import reconciling
from networks.outbox.claims import SEND_LEASE, claim_row_to_look_for, open_attempt
from networks.outbox.outcomes import LOOK_AFTER
from networks.outbox.reconciling import LOOK_LEASE, reconcile_row
from organizations.tenancy import scope


def test_a_look_whose_worker_vanished_is_ended_by_the_next(outbox) -> None:
    outbox.network.fail_next("cut_after")
    row = outbox.put()
    outbox.step()
    with scope(row.organization_id):
        open_attempt(row, "look", now())
    outbox.step(after=SEND_LEASE + timedelta(seconds=1))
    assert outbox.ledger(row) == [("send", "unknown"), ("look", "could not look"), ("look", "sent")]


def test_a_look_that_takes_long_is_not_overtaken(outbox, monkeypatch) -> None:
    outbox.network.fail_next("cut_after")
    row = outbox.put()
    outbox.step()
    claim = claim_row_to_look_for(now() + timedelta(seconds=1))
    find, overtaken = reconciling.find_remote_copy, []

    def slowly(one):
        overtaken.append(claim_row_to_look_for(now() + LOOK_LEASE - timedelta(seconds=1)))
        return find(one)

    monkeypatch.setattr(reconciling, "find_remote_copy", slowly)
    with scope(row.organization_id):
        reconcile_row(claim.outgoing_id, claim.token)
    assert overtaken == [None]
    assert outbox.row(row).state == "sent"


def test_a_network_that_cannot_be_asked_is_no_evidence(outbox, monkeypatch) -> None:
    """However often the look fails, the row is looked for properly as often before it is sent again."""
    outbox.network.fail_next("cut")
    row = outbox.put()
    outbox.step()
    assert outbox.row(row).state == "unknown"
    with monkeypatch.context() as away:
        away.setattr(reconciling, "find_remote_copy", lambda row: (_ for _ in ()).throw(Unavailable("X is away.")))
        for hour in range(1, 2 * len(LOOK_AFTER)):
            outbox.step(after=timedelta(hours=hour))
    assert (outbox.row(row).looks, outbox.row(row).resends) == (0, 0)
    assert {word for kind, word in outbox.ledger(row) if kind == "look"} == {"could not look"}
