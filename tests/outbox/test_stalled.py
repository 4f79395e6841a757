"""A worker that stood still between taking a row and calling (a machine that slept, say) must not call any more."""

from datetime import timedelta

from django.utils.timezone import now

from networks.outbox.claims import LEASE, begin_next
from networks.outbox.sending import call
from networks.outbox.settling import settle
from organizations.tenancy import scope


def test_whoever_stood_still_for_too_long_sends_nothing(outbox) -> None:
    row = outbox.put()
    with scope(row.organization_id):
        stale, attempt = begin_next(now())
        stale.lease_until -= 2 * LEASE
        outcome = call(stale)
        assert outbox.network.calls == []
        assert settle(stale, attempt, outcome)
    outbox.step(after=timedelta(minutes=6))
    assert outbox.row(row).state == "sent"
    assert len(outbox.network.published_texts()) == 1


def test_and_changes_nothing_where_another_has_sent_it(outbox) -> None:
    row = outbox.put()
    with scope(row.organization_id):
        stale, attempt = begin_next(now())
    for seconds in (LEASE.total_seconds() + 1, 60, 90, 140, 141, 142):
        outbox.step(after=timedelta(seconds=seconds))
    assert outbox.row(row).state == "sent"
    with scope(row.organization_id):
        stale.lease_until -= 2 * LEASE
        assert not settle(stale, attempt, call(stale))
    assert len(outbox.network.published_texts()) == 1
    assert outbox.row(row).state == "sent"
