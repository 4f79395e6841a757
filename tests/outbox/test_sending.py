"""A planned sending leaves once, and what became of it is written down."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict
from networks.actions.outgoing import cancel_outgoing, enqueue_outgoing, reschedule_outgoing, retry_outgoing
from networks.models import Outgoing, Profile, RemotePost
from organizations.models import Organization
from organizations.tenancy import scope
from tests import builders


def test_it_leaves_once_and_is_linked(outbox) -> None:
    row = outbox.put("Good morning & <hello> www.acme.example")
    for _ in range(3):
        outbox.step()
    sent = outbox.row(row)
    assert (sent.state, sent.attempt_count, sent.reason) == ("sent", 1, "")
    assert outbox.network.published_texts() == ["Good morning & <hello> www.acme.example"]
    assert outbox.ledger(row) == [("send", "sent")]
    remote = RemotePost.unscoped.get(outgoing=row)
    assert remote.permalink.endswith(remote.remote_id)


def test_nothing_leaves_before_its_time(outbox) -> None:
    row = outbox.put(at=now() + timedelta(minutes=5))
    outbox.step()
    assert outbox.row(row).state == "waiting"
    outbox.step(after=timedelta(minutes=5))
    assert outbox.row(row).state == "sent"


def test_the_same_effect_cannot_stand_twice(outbox) -> None:
    row = outbox.put()
    with scope(outbox.profile.organization_id), pytest.raises(Conflict):
        enqueue_outgoing(outbox.profile, row.frozen, key=row.key, due_at=now())


@pytest.mark.parametrize("fault", ["limited", "limited_bare"])
def test_a_limit_holds_the_profile_until_the_reset(outbox, fault: str) -> None:
    outbox.network.fail_next(fault)
    row, other = outbox.put("One"), outbox.put("Two")
    outbox.step()
    assert outbox.row(row).state == "waiting"
    assert outbox.row(row).due_at > now() + timedelta(seconds=50)
    outbox.step(after=timedelta(seconds=20))
    assert outbox.row(other).state == "waiting"
    assert outbox.network.published_texts() == []
    Profile.unscoped.update(held_until=None)  # the network's clock cannot be turned, so ours is
    outbox.step(after=timedelta(minutes=20))
    assert sorted(outbox.network.published_texts()) == ["One", "Two"]


def test_a_refusal_is_final_until_a_person_tries_again(outbox) -> None:
    row = outbox.put("x" * 281)
    outbox.step()
    outbox.step(after=timedelta(hours=1))
    failed = outbox.row(row)
    assert (failed.state, failed.attempt_count) == ("failed", 1)
    assert failed.reason
    with scope(outbox.profile.organization_id):
        retry_outgoing(builders.SETUP, failed)
    outbox.step()
    assert outbox.row(row).attempt_count == 2


def test_a_revoked_sign_in_disconnects_once_and_holds_the_rest(outbox) -> None:
    outbox.network.fail_next("signed_out", times=2)
    first = outbox.put("One")
    outbox.step()
    second = outbox.put("Two")
    outbox.step()
    assert outbox.row(first).state == "failed"
    assert outbox.row(second).state == "waiting"
    assert outbox.row(first).profile.state == "disconnected"
    assert outbox.network.token not in str(outbox.row(first).__dict__) + str(outbox.ledger(first))


def test_an_unreachable_network_is_tried_again_later(outbox, settings) -> None:
    working = settings.NETWORK_URLS
    settings.NETWORK_URLS = {**working, "x": "http://127.0.0.1:9"}  # nobody listens at the discard port
    row = outbox.put()
    outbox.step()
    waiting = outbox.row(row)
    assert waiting.state == "waiting"
    assert waiting.reason
    assert now() < waiting.due_at < now() + timedelta(minutes=6)
    settings.NETWORK_URLS = working
    outbox.step(after=timedelta(minutes=6))
    assert outbox.row(row).state == "sent"


def test_after_a_day_without_the_network_it_is_given_up(outbox, settings) -> None:
    Organization.objects.update(too_late_minutes=None)  # whose posts never wait for a person
    settings.NETWORK_URLS = {**settings.NETWORK_URLS, "x": "http://127.0.0.1:9"}
    row = outbox.put(at=now() - timedelta(days=1, minutes=1))
    outbox.step()
    assert outbox.row(row).state == "failed"


def test_cancelled_or_moved_it_does_not_leave(outbox) -> None:
    cancelled, moved = outbox.put("One"), outbox.put("Two")
    with scope(outbox.profile.organization_id):
        cancel_outgoing(outbox.row(cancelled))
        reschedule_outgoing(outbox.row(moved), due_at=now() + timedelta(hours=1))
    outbox.step()
    assert outbox.network.published_texts() == []
    assert outbox.row(cancelled).state == "cancelled"
    assert outbox.row(moved).state == "waiting"


def test_a_blip_of_the_network_does_not_change_the_order(outbox, settings) -> None:
    working = settings.NETWORK_URLS
    settings.NETWORK_URLS = {**working, "x": "http://127.0.0.1:9"}
    first, second = outbox.put("One"), outbox.put("Two")
    outbox.step()
    assert (outbox.row(first).attempt_count, outbox.row(second).attempt_count) == (1, 0)
    settings.NETWORK_URLS = working
    outbox.step(after=timedelta(seconds=5))
    assert outbox.network.published_texts() == ["One", "Two"]


def test_rows_of_other_organizations_are_settled_in_their_own_scope(outbox) -> None:
    row = outbox.put()
    outbox.step()
    with scope(builders.organization("elsewhere")):
        assert not Outgoing.objects.filter(pk=row.pk).exists()
        assert RemotePost.objects.count() == 0
