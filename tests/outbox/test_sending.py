"""A planned sending leaves once, and what became of it is written down."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from networks.actions.outgoing import cancel_outgoing, move_outgoing, put_outgoing, retry_outgoing
from networks.models import Outgoing, Profile, RemotePost
from networks.outbox.claims import claim_due
from networks.outbox.sending import send_one
from organizations.tenancy import scope
from socialops.lib.errors import Conflict
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
        put_outgoing(outbox.profile, row.frozen, key=row.key, due_at=now())


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
    settings.NETWORK_URLS = {**settings.NETWORK_URLS, "x": "http://127.0.0.1:9"}
    row = outbox.put(at=now() - timedelta(days=1, minutes=1))
    outbox.step()
    assert outbox.row(row).state == "failed"


def test_cancelled_or_moved_it_does_not_leave_even_when_claimed(outbox) -> None:
    cancelled, moved = outbox.put("One"), outbox.put("Two")
    claims = claim_due(now())
    with scope(outbox.profile.organization_id):
        cancel_outgoing(outbox.row(cancelled))
        move_outgoing(outbox.row(moved), due_at=now() + timedelta(hours=1))
        for claim in claims:
            send_one(claim.outgoing_id, claim.token)
    assert outbox.network.published_texts() == []
    assert outbox.row(cancelled).state == "cancelled"
    assert outbox.row(moved).state == "waiting"


def test_a_claim_that_ran_out_goes_to_another_and_the_first_cannot_begin(outbox) -> None:
    outbox.put()
    [old] = claim_due(now())
    assert claim_due(now()) == []
    [new] = claim_due(now() + timedelta(minutes=1))
    with scope(outbox.profile.organization_id):
        send_one(old.outgoing_id, old.token)
        assert outbox.network.published_texts() == []
        send_one(new.outgoing_id, new.token)
    assert outbox.network.published_texts() == ["Hello"]


def test_the_dispatcher_reads_only_what_is_due(outbox, django_assert_num_queries) -> None:
    for _ in range(20):
        outbox.put(at=now() + timedelta(days=1))
        outbox.put()
    with django_assert_num_queries(5):  # savepoint, in flight, claim, lease, release
        assert len(claim_due(now())) == 20


def test_rows_of_other_organizations_are_settled_in_their_own_scope(outbox) -> None:
    row = outbox.put()
    outbox.step()
    with scope(builders.organization("elsewhere")):
        assert not Outgoing.objects.filter(pk=row.pk).exists()
        assert RemotePost.objects.count() == 0
