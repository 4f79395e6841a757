"""Who is next: in order on one profile, each profile for itself, and fair between organizations."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import now

from networks.actions.outgoing import enqueue_outgoing
from networks.contract import Draft, DraftKind
from networks.models import Held, Outgoing, Priority, Profile
from networks.outbox.claims import Turn, begin_next_row, due_turns
from networks.outbox.lanes import NEXT_ROW_SQL, TAKE_NEXT
from organizations.tenancy import scope
from tests import builders
from tests.cast import Cast
from tests.volume import made_profiles


def put(profile: Profile, text: str = "Hello", *, kind: DraftKind = DraftKind.POST, at=None, **columns) -> Outgoing:
    with scope(profile.organization_id):
        draft = Draft(kind=kind, text=text, in_reply_to="1" if kind == DraftKind.REPLY else "")
        row = enqueue_outgoing(profile, draft, key=str(uuid.uuid4()), due_at=at or now())
        Outgoing.objects.filter(pk=row.pk).update(**columns)
    return row


def begun(cast: Cast) -> Outgoing | None:
    with scope(cast.acme):
        found = begin_next_row(now())
    return found[0] if found else None


def turns(*organization_ids: int) -> list[int]:
    found = [turn.organization_id for turn in due_turns(now())]
    return [found.count(pk) for pk in organization_ids]


def test_rows_of_a_profile_leave_one_after_the_other_in_the_order_of_their_times(cast: Cast) -> None:
    at = now() - timedelta(seconds=10)
    later, sooner = put(cast.x, at=at + timedelta(seconds=5)), put(cast.x, at=at)
    assert begun(cast) == sooner
    assert begun(cast) is None
    Outgoing.unscoped.filter(pk=sooner.pk).update(state="sent")
    assert begun(cast) == later


def test_a_reply_goes_before_posts_that_wait_and_posts_before_bulk(cast: Cast) -> None:
    bulk = put(cast.x, at=now() - timedelta(minutes=9), priority=Priority.BULK)
    post = put(cast.x, at=now() - timedelta(minutes=5))
    reply = put(cast.x, kind=DraftKind.REPLY)
    for row in (reply, post, bulk):
        assert begun(cast) == row
        Outgoing.unscoped.filter(pk=row.pk).update(state="sent")


def test_what_one_profile_waits_for_holds_up_no_other(cast: Cast) -> None:
    put(cast.x, at=now() - timedelta(minutes=5))
    Profile.unscoped.filter(pk=cast.x.pk).update(held_until=now() + timedelta(minutes=1))
    other = put(cast.page)
    assert begun(cast) == other
    assert begun(cast) is None


@pytest.mark.parametrize(("pause", "leaves"), [("", "post"), ("posts", "reply"), ("all", None)])
def test_a_pause_holds_posts_and_if_so_chosen_replies(cast: Cast, pause: str, leaves: str | None) -> None:
    Profile.unscoped.filter(pk=cast.x.pk).update(pause=pause)
    put(cast.x, "post", at=now() - timedelta(minutes=1))
    if leaves != "post":
        put(cast.x, "reply", kind=DraftKind.REPLY)
    row = begun(cast)
    assert (row and row.draft["text"]) == leaves


@pytest.mark.parametrize("held", Held.values)
def test_a_held_row_stays_and_those_behind_it_go(cast: Cast, held: str) -> None:
    put(cast.x, at=now() - timedelta(minutes=1), held=held)
    behind = put(cast.x)
    assert begun(cast) == behind


def test_a_row_that_is_tried_again_later_does_not_hold_up_its_profile_for_ever(cast: Cast) -> None:
    put(cast.x, at=now() - timedelta(minutes=1), due_at=now() + timedelta(minutes=5))
    behind = put(cast.x)
    assert begun(cast) == behind


def test_each_organization_gets_turns_by_its_lanes_and_none_gets_every_worker(cast: Cast, settings) -> None:
    settings.SENDS_AT_ONCE = 3
    for _ in range(9):
        put(builders.profile(cast.acme, "x"))
    for _ in range(5):
        put(cast.theirs)
    assert turns(cast.acme.pk, cast.globex.pk) == [3, 1]


def test_no_network_has_every_worker(cast: Cast, settings) -> None:
    settings.SENDS_OF_NETWORK = 2
    waiting = [put(builders.profile(cast.acme, "x"), at=now() - timedelta(minutes=5)) for _ in range(3)]
    put(cast.page)
    assert [begun(cast).profile.network for _ in range(3)] == ["x", "x", "facebook"]
    assert begun(cast) is None
    Outgoing.unscoped.filter(pk=waiting[0].pk).update(state="sent")
    assert begun(cast) == waiting[2]


def test_what_one_organization_sends_takes_no_worker_from_another(cast: Cast, settings) -> None:
    settings.SENDS_OF_NETWORK = 1
    put(cast.theirs)
    with scope(cast.globex):
        assert begin_next_row(now()) is not None
    mine = put(cast.x)
    assert begun(cast) == mine


def test_work_of_the_next_moment_is_handed_out_with_its_time(cast: Cast) -> None:
    soon = now() + timedelta(seconds=1)
    put(cast.x, at=soon)
    put(cast.page, at=soon + timedelta(milliseconds=5))  # begun together with the first
    put(cast.theirs, at=now() + timedelta(minutes=1))
    assert due_turns(now()) == [Turn(cast.acme.pk, soon)]


def test_lanes_that_may_not_send_get_no_turn(cast: Cast) -> None:
    put(cast.theirs)
    for change in ({"state": "disconnected"}, {"pause": "all"}, {"held_until": now() + timedelta(minutes=1)}):
        Profile.unscoped.filter(pk=cast.theirs.pk).update(state="connected", pause="", held_until=None)
        assert turns(cast.globex.pk) == [1]
        Profile.unscoped.filter(pk=cast.theirs.pk).update(**change)
        assert turns(cast.globex.pk) == [0]


def test_the_cost_of_a_turn_does_not_grow_with_what_waits(cast: Cast, django_assert_num_queries) -> None:
    for _ in range(20):
        put(cast.x)
        put(cast.page, at=now() + timedelta(days=1))
    with scope(cast.acme):
        with django_assert_num_queries(1):
            due_turns(now())
        with django_assert_num_queries(6):  # savepoint and its release, lock, row, move, attempt
            begin_next_row(now())


@pytest.mark.parametrize("waiting", [0, 40])
def test_a_lane_finds_its_head_in_the_index_whatever_waited_when_the_planner_counted(cast: Cast, waiting: int) -> None:
    profiles, at = made_profiles(cast.acme, 50), now()
    Outgoing.objects.bulk_create(
        Outgoing(
            organization_id=cast.acme.pk,
            profile=profiles[number % len(profiles)],
            key=f"row:{number}",
            draft={},
            state="waiting" if number < waiting else "sent",
            planned_at=at,
            due_at=at,
        )
        for number in range(4000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE networks_outgoing, networks_profile")
        cursor.execute(f"SET LOCAL {TAKE_NEXT.planned_with}")
        asked = {"organization_id": cast.acme.pk, "now": at, "sends_of_network": 5}
        cursor.execute("EXPLAIN " + NEXT_ROW_SQL, asked)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Scan using outgoing_lane" in plan, plan
    assert "Index Cond: ((profile_id = p_1.id) AND (priority = " in plan
    assert "Index Cond: (id = head.id)" in plan
    assert "Seq Scan on networks_outgoing" not in plan
