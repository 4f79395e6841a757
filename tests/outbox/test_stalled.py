"""A worker that stood still between taking a row and calling (a machine that slept, say) must not call any more."""

from datetime import timedelta

from django.utils.timezone import now

from networks.outbox.claims import SEND_LEASE, begin_next_row
from networks.outbox.sending import call_network
from networks.outbox.settling import settle_row
from organizations.tenancy import scope


def test_whoever_stood_still_for_too_long_sends_nothing(outbox) -> None:
    row = outbox.put()
    with scope(row.organization_id):
        stale, attempt = begin_next_row(now())
        stale.lease_until -= 2 * SEND_LEASE
        outcome = call_network(stale)
        assert outbox.network.calls == []
        assert settle_row(stale, attempt, outcome)
    outbox.step(after=timedelta(minutes=6))
    assert outbox.row(row).state == "sent"
    assert len(outbox.network.published_texts()) == 1


def test_and_changes_nothing_where_another_has_sent_it(outbox) -> None:
    row = outbox.put()
    with scope(row.organization_id):
        stale, attempt = begin_next_row(now())
    for seconds in (SEND_LEASE.total_seconds() + 1, 60, 90, 140, 141, 142):
        outbox.step(after=timedelta(seconds=seconds))
    assert outbox.row(row).state == "sent"
    with scope(row.organization_id):
        stale.lease_until -= 2 * SEND_LEASE
        assert not settle_row(stale, attempt, call_network(stale))
    assert len(outbox.network.published_texts()) == 1
    assert outbox.row(row).state == "sent"
