"""After an outcome that is not known: look first, never send blindly again."""

import uuid
from datetime import timedelta

import pytest
from django.utils.timezone import now

from networks.actions.outgoing import resolve_outgoing
from networks.models import Outgoing, RemotePost
from networks.outbox.claims import begin_next_row, reap_lost_rows
from networks.outbox.sending import call_network
from networks.outbox.settling import settle_row
from organizations.tenancy import scope
from tests import builders

TIMES = [timedelta(seconds=seconds) for seconds in (0, 1, 12, 40, 85, 200)]  # send, looks, send again


def steps(outbox, times=TIMES) -> None:
    for after in times:
        outbox.step(after=after)


@pytest.mark.parametrize("fault", ["silent_after", "cut_after", "error_after", "nonsense", "empty", "half"])
def test_when_the_network_has_it_it_is_found_and_not_sent_again(outbox, fault: str) -> None:
    outbox.network.fail_next(fault)
    row = outbox.put("Ambiguous & fine acme.example")
    steps(outbox)
    assert outbox.row(row).state == "sent"
    assert len(outbox.network.published_texts()) == 1
    assert outbox.ledger(row)[0] == ("send", "unknown")
    assert outbox.ledger(row)[-1] == ("look", "sent")
    assert RemotePost.unscoped.filter(outgoing=row).count() == 1


@pytest.mark.parametrize(
    "text",
    [
        "Tom & Jerry https://shop.example/?id=1&region=eu",
        "&amp; and &lt;b&gt; and &copy, written out: https://shop.example/?a=1&currency=EUR&section=2.",
        "http://shop.example/?u=https://t.co/abc, shop.example and again http://shop.example",
    ],
)
def test_what_x_escapes_and_shortens_is_found_and_not_sent_again(outbox, text: str) -> None:
    outbox.network.fail_next("cut_after")
    outbox.network.refuses_duplicates = False
    row = outbox.put(text)
    steps(outbox)
    assert outbox.row(row).state == "sent"
    assert outbox.network.published_texts() == [text]


@pytest.mark.parametrize("fault", ["silent", "cut", "error", "redirect"])
def test_when_it_is_not_there_it_is_looked_for_then_sent_once_more(outbox, fault: str) -> None:
    outbox.network.fail_next(fault)
    row = outbox.put()
    steps(outbox, TIMES[:5])
    assert outbox.network.published_texts() == []
    assert outbox.row(row).state == "waiting"
    outbox.step(after=timedelta(seconds=200))
    assert outbox.row(row).state == "sent"
    words = [word for _kind, word in outbox.ledger(row)]
    assert words == ["unknown", *["not found"] * 4, "sent"]


def test_a_timeline_that_shows_it_late_is_waited_for(outbox) -> None:
    outbox.network.fail_next("silent_after")
    outbox.network.hidden_reads = 2
    row = outbox.put()
    steps(outbox)
    assert outbox.row(row).state == "sent"
    assert len(outbox.network.published_texts()) == 1


def test_twice_without_an_answer_it_waits_for_a_person(outbox) -> None:
    outbox.network.fail_next("silent", times=2)
    row = outbox.put()
    steps(outbox, [timedelta(seconds=s) for s in (0, 1, 12, 40, 85, 86, 87, 100, 130, 200, 600)])
    waiting = outbox.row(row)
    assert (waiting.state, waiting.needs_person) == ("unknown", True)
    calls = len(outbox.network.calls)
    outbox.step(after=timedelta(days=2))
    assert len(outbox.network.calls) == calls


@pytest.mark.parametrize(("there", "state"), [(True, "sent"), (False, "waiting")])
def test_a_person_decides(outbox, there: bool, state: str) -> None:
    row = outbox.put()
    Outgoing.unscoped.filter(pk=row.pk).update(state="unknown", needs_person=True)
    with scope(outbox.profile.organization_id):
        resolve_outgoing(builders.SETUP, outbox.row(row), there=there, remote_id="77" if there else "")
    assert outbox.row(row).state == state
    assert RemotePost.unscoped.filter(outgoing=row, remote_id="77").exists() is there


def test_when_it_cannot_be_looked_for_nothing_is_decided(outbox) -> None:
    outbox.network.fail_next("silent_after")
    outbox.network.fail_next("error", read=True, times=3)
    row = outbox.put()
    steps(outbox, [timedelta(seconds=0), timedelta(minutes=2), timedelta(minutes=6)])
    assert outbox.row(row).state == "unknown"
    assert {word for kind, word in outbox.ledger(row) if kind == "look"} == {"could not look"}
    steps(outbox, [timedelta(minutes=15), timedelta(minutes=30)])
    assert outbox.row(row).state == "sent"
    assert len(outbox.network.published_texts()) == 1


def test_a_duplicate_refused_after_an_ambiguous_sending_means_it_may_be_there(outbox) -> None:
    outbox.network.fail_next("silent_after")
    outbox.network.hidden_reads = 4
    row = outbox.put()
    steps(outbox, [timedelta(seconds=s) for s in (0, 1, 12, 40, 85, 86, 200)])
    assert outbox.row(row).state == "sent"
    assert len(outbox.network.published_texts()) == 1
    assert "unknown" in [word for kind, word in outbox.ledger(row)[1:] if kind == "send"]


def test_a_worker_killed_in_mid_call_leaves_a_trace_and_is_looked_for(outbox) -> None:
    row = outbox.put()
    with scope(outbox.profile.organization_id):
        begun = begin_next_row(now())
        assert begun is not None
        call_network(begun[0])  # the network has it; then the worker dies before it can settle
    steps(outbox, [timedelta(seconds=30)])
    assert outbox.row(row).state == "sending"
    steps(outbox, [timedelta(seconds=60)])
    assert outbox.row(row).state == "sent"
    assert len(outbox.network.published_texts()) == 1
    assert outbox.ledger(row) == [("send", "unknown"), ("look", "sent")]


def test_a_late_answer_counts_while_nobody_has_decided_otherwise(outbox) -> None:
    row = outbox.put()
    with scope(outbox.profile.organization_id):
        sending, attempt = begin_next_row(now())
        outcome = call_network(sending)
        reap_lost_rows(now() + timedelta(minutes=1))
        assert outbox.row(row).state == "unknown"
        sending.state = "unknown"
        assert settle_row(sending, attempt, outcome)
    assert outbox.row(row).state == "sent"


def test_who_lost_the_claim_cannot_settle(outbox) -> None:
    row = outbox.put()
    with scope(outbox.profile.organization_id):
        sending, attempt = begin_next_row(now())
        Outgoing.objects.filter(pk=row.pk).update(claim=uuid.uuid4())
        assert not settle_row(sending, attempt, call_network(sending))
        assert not outbox.send_next(now())
    assert outbox.row(row).state == "sending"
    assert outbox.network.published_texts() == ["Hello"]


def test_two_posts_that_say_the_same_are_not_taken_for_one_another(outbox) -> None:
    first = outbox.put("Same words")
    outbox.step()
    outbox.network.fail_next("silent")
    second = outbox.put("Same words")
    steps(outbox)
    assert outbox.row(first).state == "sent"
    assert outbox.row(second).state != "sent"
    assert RemotePost.unscoped.filter(outgoing=second).count() == 0
