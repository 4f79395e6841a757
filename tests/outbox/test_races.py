"""Several dispatchers, senders and people at once, each on a connection of its own."""

import time

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict
from networks.actions.outgoing import cancel_outgoing
from networks.models import Attempt, Outgoing, RemotePost
from networks.outbox.settling import link_remote_post
from organizations.tenancy import scope
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_many_dispatchers_send_each_row_once(make_outbox) -> None:
    outbox = make_outbox()
    texts = {f"Number {number}" for number in range(40)}
    for text in texts:
        outbox.put(text)
    at_once(outbox.profile.organization, *[outbox.step] * 6)
    outbox.step()  # whoever found the lane busy has left the rest to the next turn
    assert sorted(outbox.network.published_texts()) == sorted(texts)
    assert Attempt.unscoped.count() == len(texts)
    assert set(Outgoing.unscoped.values_list("state", flat=True)) == {"sent"}


def test_cancelling_and_sending_at_once_never_both(make_outbox) -> None:
    outbox = make_outbox()

    def cancel(row: Outgoing) -> bool:
        with scope(outbox.profile.organization_id):
            try:
                cancel_outgoing(Outgoing.objects.get(pk=row.pk))
            except Conflict:
                return False
            return True

    for number in range(10):
        row = outbox.put(f"Race {number}")
        time.sleep(0.001 * number)
        _, cancelled = at_once(outbox.profile.organization, outbox.step, lambda row=row: cancel(row))
        outbox.step()
        left = f"Race {number}" in outbox.network.published_texts()
        assert left != cancelled
        assert outbox.row(row).state == ("cancelled" if cancelled else "sent")


def test_a_poller_that_sees_our_post_first_is_joined(make_outbox) -> None:
    outbox = make_outbox()
    row = outbox.put()
    with scope(outbox.profile.organization_id):
        RemotePost.objects.create(profile=outbox.profile, remote_id="7", text="Hello", published_at=now())
        row.sent_at = now()
        link_remote_post(row, "7", "https://x.example/7")
        assert RemotePost.objects.get(remote_id="7").outgoing == row
