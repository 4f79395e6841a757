"""Threads: each part leaves once, beneath the one before it, and never past one whose fate is not known."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict
from networks.actions.outgoing import (
    cancel_outgoing,
    enqueue_chain,
    reschedule_outgoing,
    resolve_outgoing,
    retry_outgoing,
)
from networks.contract import Draft, DraftKind
from networks.models import Attempt, Outgoing, Profile, RemotePost
from networks.outbox.chains import hash_draft
from networks.outbox.claims import begin_next_row, reap_lost_rows
from networks.outbox.sending import call_network
from networks.outbox.settling import settle_row
from organizations.tenancy import scope
from tests import builders
from tests.outbox.conftest import Outbox
from tests.outbox.rows import steps
from tests.races import at_once


def thread(outbox: Outbox, *texts: str, at: datetime | None = None) -> list[Outgoing]:
    with scope(outbox.profile.organization_id):
        drafts = [Draft(kind=DraftKind.POST, text=text) for text in texts]
        first = enqueue_chain(outbox.profile, drafts, key=str(uuid.uuid4()), due_at=at or now())
        return [first, *Outgoing.objects.filter(chain=first).order_by("part")]


def states(rows: list[Outgoing]) -> list[str]:
    return list(
        Outgoing.unscoped.filter(pk__in=[row.pk for row in rows]).order_by("pk").values_list("state", flat=True)
    )


def reasons(rows: list[Outgoing]) -> list[str]:
    return list(
        Outgoing.unscoped.filter(pk__in=[row.pk for row in rows]).order_by("pk").values_list("reason", flat=True)
    )


def parents(outbox: Outbox) -> list[tuple[str, str | None]]:
    """(text, text of what it stands beneath) of what is on the network."""
    texts = {post["id"]: post["sent"] for post in outbox.network.own}
    above = [next(iter(post.get("referenced_tweets", [])), {}).get("id") for post in outbox.network.own]
    return [(post["sent"], texts.get(one)) for post, one in zip(outbox.network.own, above, strict=True)]


IN_ORDER = [("One", None), ("Two", "One"), ("Three", "Two")]


def test_each_part_leaves_once_beneath_the_one_before_it(outbox: Outbox) -> None:
    rows = thread(outbox, "One", "Two", "Three")
    outbox.step()
    assert states(rows) == ["sent", "waiting", "waiting"]
    steps(outbox)
    assert states(rows) == ["sent"] * 3
    assert parents(outbox) == IN_ORDER
    assert list(RemotePost.unscoped.order_by("pk").values_list("kind", flat=True)) == ["post", "part", "part"]


def test_the_draft_stays_as_it_was_frozen_and_the_ledger_holds_what_was_sent(outbox: Outbox) -> None:
    rows = thread(outbox, "One", "Two")
    before = [dict(outbox.row(row).draft) for row in rows]
    with scope(outbox.profile.organization_id):
        symbolic = hash_draft(rows[1])
    steps(outbox)
    assert [outbox.row(row).draft for row in rows] == before
    with scope(outbox.profile.organization_id):
        assert Attempt.objects.get(outgoing=rows[1]).draft_hash == hash_draft(rows[1]) != symbolic


def up_to(outbox: Outbox, part: int, fault: str, *texts: str) -> list[Outgoing]:
    """A thread whose part `part` met `fault` just now."""
    rows = thread(outbox, *(texts or ("One", "Two", "Three")))
    steps(outbox, [timedelta(0)] * (part - 1))
    outbox.network.fail_next(fault)
    outbox.step()
    return rows


@pytest.mark.parametrize("part", [1, 2, 3])
def test_a_part_that_failed_holds_those_behind_it_until_a_person_tries_it_again(outbox: Outbox, part: int) -> None:
    rows = up_to(outbox, part, "string_body")
    steps(outbox)
    assert states(rows) == ["sent"] * (part - 1) + ["failed"] + ["waiting"] * (3 - part)
    assert set(reasons(rows)[part:]) <= {f"It waits for part {part}, which failed."}
    with scope(outbox.profile.organization_id):
        retry_outgoing(builders.SETUP, outbox.row(rows[part - 1]))
    assert reasons(rows)[part:] == [""] * (3 - part)
    steps(outbox)
    assert states(rows) == ["sent"] * 3
    assert parents(outbox) == IN_ORDER


@pytest.mark.parametrize("part", [1, 2, 3])
@pytest.mark.parametrize("fault", ["cut_after", "cut"])
def test_a_part_that_is_not_known_is_looked_for_beneath_its_own_parent(outbox: Outbox, part: int, fault: str) -> None:
    outbox.network.refuses_duplicates = False
    rows = up_to(outbox, part, fault)
    outbox.network.add("Three", parent=outbox.network.add("Somebody's"))  # the same words elsewhere are not it
    steps(outbox, [timedelta(seconds=s) for s in (1, 12, 40, 85, 200, 200, 200)])
    assert states(rows) == ["sent"] * 3
    assert [one for one in parents(outbox) if one[1] != "Somebody's" and one[0] != "Somebody's"] == IN_ORDER


def test_those_behind_what_is_not_known_wait_and_say_so(outbox: Outbox) -> None:
    outbox.network.hidden_reads = 1
    rows = up_to(outbox, 1, "cut_after")
    assert states(rows) == ["unknown", "waiting", "waiting"]
    assert set(reasons(rows)[1:]) == {"It waits for part 1: it is not known yet whether that is there."}


@pytest.mark.parametrize("there", [True, False])
def test_a_person_who_says_whether_it_is_there_lets_the_rest_go(outbox: Outbox, there: bool) -> None:
    outbox.network.hidden_reads = 99
    rows = up_to(outbox, 1, "cut_after" if there else "cut")
    Outgoing.unscoped.filter(pk=rows[0].pk).update(needs_person=True)
    known = outbox.network.own[0]["id"] if there else ""
    with scope(outbox.profile.organization_id):
        resolve_outgoing(builders.SETUP, outbox.row(rows[0]), there=there, remote_id=known)
    steps(outbox)
    assert states(rows) == ["sent"] * 3
    assert parents(outbox) == IN_ORDER
    assert reasons(rows) == [""] * 3


def test_said_to_be_there_without_its_id_nothing_is_put_elsewhere(outbox: Outbox) -> None:
    rows = up_to(outbox, 1, "cut")
    with scope(outbox.profile.organization_id):
        resolve_outgoing(builders.SETUP, outbox.row(rows[0]), there=True)
    steps(outbox)
    assert states(rows) == ["sent", "failed", "waiting"]
    assert outbox.network.own == []


@pytest.mark.parametrize("part", [1, 2, 3])
@pytest.mark.parametrize("reached", [True, False])
def test_a_worker_killed_between_or_in_parts_leaves_a_thread_that_goes_on(
    outbox: Outbox, part: int, reached: bool
) -> None:
    rows = thread(outbox, "One", "Two", "Three")
    steps(outbox, [timedelta(0)] * (part - 1))
    with scope(outbox.profile.organization_id):
        row, _attempt = begin_next_row(now())
        if reached:
            call_network(row)  # and its worker is gone before it can write that down
    assert reap_lost_rows(now() + timedelta(minutes=2)) == 1
    assert set(reasons(rows)[part:]) <= {f"It waits for part {part}: it is not known yet whether that is there."}
    steps(outbox, [timedelta(seconds=s) for s in (121, 135, 165, 210, 300, 300, 300)])
    assert states(rows) == ["sent"] * 3
    assert parents(outbox) == IN_ORDER


def test_a_worker_that_lost_its_claim_frees_nothing(outbox: Outbox) -> None:
    rows = thread(outbox, "One", "Two")
    with scope(outbox.profile.organization_id):
        row, attempt = begin_next_row(now())
        reap_lost_rows(now() + timedelta(minutes=2))
        assert not settle_row(row, attempt, call_network(row))
    assert Outgoing.unscoped.get(pk=rows[1].pk).held == "chain"


@pytest.mark.parametrize(("times", "state"), [(3, "sent"), (4, "failed")])
def test_a_part_that_x_does_not_show_yet_is_waited_for_a_little(outbox: Outbox, times: int, state: str) -> None:
    rows = thread(outbox, "One", "Two")
    outbox.step()
    outbox.network.fail_next("not_visible", times=times)
    steps(outbox, [timedelta(seconds=s) for s in (0, 6, 12, 18)])
    assert states(rows) == ["sent", state]
    assert outbox.ledger(rows[1])[:3] == [("send", "not shown yet")] * 3


def test_an_answer_to_somebody_who_deleted_is_refused_at_once(outbox: Outbox) -> None:
    outbox.network.fail_next("not_visible")
    row = outbox.put()
    outbox.step()
    assert outbox.row(row).state == "failed"


def test_a_limit_in_the_middle_is_waited_for(outbox: Outbox) -> None:
    rows = up_to(outbox, 2, "limited")
    assert states(rows) == ["sent", "waiting", "waiting"]
    Profile.unscoped.update(held_until=None)  # the network's clock cannot be turned, so ours is
    steps(outbox, [timedelta(minutes=20)] * 3)
    assert parents(outbox) == IN_ORDER


def test_moving_the_first_moves_all_and_cancelling_it_cancels_all(outbox: Outbox) -> None:
    rows = thread(outbox, "One", "Two", "Three", at=now() + timedelta(hours=1))
    later = now() + timedelta(days=1)
    with scope(outbox.profile.organization_id):
        reschedule_outgoing(outbox.row(rows[0]), due_at=later)
        assert {(row.due_at, row.planned_at) for row in map(outbox.row, rows)} == {(later, later)}
        cancel_outgoing(outbox.row(rows[0]))
    assert states(rows) == ["cancelled"] * 3


def test_cancelling_what_failed_in_the_middle_cancels_the_rest(outbox: Outbox) -> None:
    rows = up_to(outbox, 2, "string_body")
    with scope(outbox.profile.organization_id):
        cancel_outgoing(outbox.row(rows[1]))
    steps(outbox)
    assert states(rows) == ["sent", "cancelled", "cancelled"]


def test_others_may_leave_while_a_thread_waits(outbox: Outbox) -> None:
    rows = up_to(outbox, 1, "string_body")
    other = outbox.put("Other")
    outbox.step()
    assert states([*rows, other]) == ["failed", "waiting", "waiting", "sent"]


def test_a_thread_of_many_parts(outbox: Outbox) -> None:
    texts = [f"Part {number}" for number in range(25)]
    rows = thread(outbox, *texts)
    steps(outbox, [timedelta(0)] * 25)
    assert states(rows) == ["sent"] * 25
    assert outbox.network.published_texts() == texts


@pytest.mark.django_db(transaction=True)
def test_cancelling_and_sending_at_once_leave_no_part_astray(make_outbox: Callable[[], Outbox]) -> None:
    outbox = make_outbox()

    def cancel(row: Outgoing) -> bool:
        with scope(outbox.profile.organization_id):
            try:
                cancel_outgoing(Outgoing.objects.get(pk=row.pk))
            except Conflict:
                return False
            return True

    for number in range(6):
        rows = thread(outbox, f"A{number}", f"B{number}", f"C{number}")
        _, cancelled = at_once(outbox.profile.organization, outbox.step, lambda first=rows[0]: cancel(first))
        steps(outbox, [timedelta(seconds=1)] * 4)
        assert states(rows) == (["cancelled"] * 3 if cancelled else ["sent"] * 3)
    assert len(outbox.network.own) % 3 == 0


def test_a_first_comment_stands_beneath_its_post(page: Outbox) -> None:
    rows = thread(page, "The post", "The link is https://acme.example")
    steps(page)
    assert states(rows) == ["sent", "sent"]
    (post,) = page.network.posts
    assert [one["message"] for one in page.network.comments[post]] == ["The link is https://acme.example"]


@pytest.mark.parametrize("fault", ["cut_after", "cut", "transient_after"])
def test_a_first_comment_whose_fate_is_not_known_is_there_once(page: Outbox, fault: str) -> None:
    rows = up_to(page, 2, fault, "The post", "The comment")
    steps(page, [timedelta(seconds=s) for s in (1, 12, 40, 85, 200, 200)])
    assert states(rows) == ["sent", "sent"]
    assert page.network.published_texts() == ["The post", "The comment"]


def test_nothing_is_put_beneath_a_part_that_was_deleted(outbox: Outbox) -> None:
    rows = thread(outbox, "One", "Two")
    outbox.step()
    RemotePost.unscoped.filter(outgoing=rows[0]).update(deleted_at=now())
    steps(outbox)
    assert states(rows) == ["sent", "failed"]
