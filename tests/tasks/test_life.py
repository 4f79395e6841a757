"""Given, accepted, handed over with a note, done: with its story, and with those told whom it concerns."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils.timezone import now

from foundation.errors import Conflict, Invalid, NotFound, PermissionDenied
from organizations.actions.notifications import read_all_notifications
from organizations.models import AuditEntry, Notification
from organizations.tenancy import scope
from teams.actions.tasks import accept_task, cancel_task, create_task, finish_task, hand_over_task, reopen_task
from teams.actions.teams import dissolve_team
from teams.member_tasks.task_access import access_task
from teams.models import Task, TaskStep


def told(member) -> list[str]:
    return list(Notification.objects.filter(member=member).order_by("pk").values_list("title", flat=True))


def test_a_task_goes_from_hand_to_hand(cast, give):
    task = give(cast.ava, member=cast.ed)
    assert told(cast.ed) == ["Ava gave you a task: Bake bread"]
    accept_task(cast.ed, task)
    hand_over_task(cast.ed, task, member=cast.cole, note="I am away, the dough is in the fridge")
    task = Task.objects.get()
    assert (task.state, task.assignee) == ("open", cast.cole)
    assert Notification.objects.get(member=cast.cole).about == "I am away, the dough is in the fridge"
    accept_task(cast.cole, task)
    finish_task(cast.cole, task, note="Warm and brown")
    steps = list(TaskStep.objects.order_by("pk").values_list("word", "note"))
    assert [word for word, _note in steps] == ["given", "accepted", "handed_over", "accepted", "done"]
    assert steps[2][1] == "I am away, the dough is in the fridge"
    assert "has done: Bake bread" in told(cast.ava)[0]
    verbs = list(AuditEntry.objects.filter(target_kind="task").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["task.given", "task.accepted", "task.handed_over", "task.accepted", "task.done"]


def test_a_teams_task_belongs_to_whoever_accepts_it(cast, give):
    task = give(cast.ava, team=cast.team)
    assert {row.member_id for row in Notification.objects.all()} == {
        one.pk for one in (cast.lena, cast.cole, cast.priya, cast.ed)
    }
    accept_task(cast.cole, task)
    assert Task.objects.get().assignee == cast.cole
    with pytest.raises(PermissionDenied):
        accept_task(cast.priya, task)


def test_what_one_gives_oneself_is_accepted_and_tells_nobody(cast, give):
    assert give(cast.ed).state == "accepted"
    assert not Notification.objects.exists()


def test_done_twice_is_refused_and_opening_it_again_is_not(cast, give):
    task = give(cast.ava, member=cast.ed)
    finish_task(cast.ed, task)
    with pytest.raises(Conflict):
        finish_task(cast.ed, task)
    assert reopen_task(cast.ava, task).ended_at is None
    cancel_task(cast.ava, task)
    with pytest.raises(Conflict):
        accept_task(cast.ed, task)


@pytest.mark.parametrize("name", ["lena", "priya", "vic", "ana"])
def test_whoever_has_no_part_in_it_does_not_see_it(cast, give, name):
    task = give(cast.ava, member=cast.ed)
    for act in (accept_task, finish_task, cancel_task, reopen_task):
        with pytest.raises(NotFound):
            act(getattr(cast, name), task)
    with pytest.raises(NotFound):
        access_task(getattr(cast, name), task.pk)
    access_task(cast.olive, task.pk)


def test_each_does_what_their_part_allows(cast, give):
    task = give(cast.ava, member=cast.ed)
    with pytest.raises(PermissionDenied):
        accept_task(cast.ava, task)
    with pytest.raises(PermissionDenied):
        cancel_task(cast.ed, task)
    with pytest.raises(PermissionDenied):
        accept_task(cast.olive, task)
    cancel_task(cast.olive, task)


def test_foreign_people_and_things_are_not_there(cast, give):
    task = give(cast.ava, member=cast.ed)
    with scope(cast.globex), pytest.raises(NotFound):
        access_task(cast.mallory, task.pk)
    for pk in ("x", 2**70, None):
        with pytest.raises(NotFound):
            access_task(cast.olive, pk)


def test_viewers_neither_give_nor_are_given(cast, give):
    with pytest.raises(PermissionDenied):
        give(cast.vic)
    with pytest.raises(Invalid):
        give(cast.ava, member=cast.vic)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("title", {"title": "  "}),
        ("title", {"title": "x" * 201}),
        ("title", {"title": "a\0b"}),
        ("text", {"text": "x" * 5001}),
        ("due_at", {"due_at": datetime(2030, 1, 1)}),
        ("due_at", {"due_at": now() - timedelta(days=1)}),
        ("due_at", {"due_at": now() + timedelta(days=9999)}),
        ("time_zone", {"due_zone": "Mars/Base"}),
        ("about", {"about": ("post", 10**17)}),
        ("about", {"about": ("secret", 1)}),
    ],
)
def test_bad_input_is_named_and_nothing_is_stored(cast, give, field, wrong):
    with pytest.raises(Invalid) as refused:
        give(cast.ed, **{"title": "Bake", **wrong})
    assert set(refused.value.fields) == {field}
    assert not Task.objects.exists()


def test_a_form_sent_twice_is_one_task(cast, give):
    key = uuid.uuid4()
    give(cast.ed, form_key=key)
    with pytest.raises(Conflict):
        give(cast.ed, form_key=key)
    assert Task.objects.count() == 1


def test_nobody_owns_nothing_when_a_team_ends(cast, give):
    free, taken = give(cast.ava, team=cast.team), give(cast.ava, team=cast.team)
    accept_task(cast.cole, taken)
    dissolve_team(cast.olive, cast.team)
    assert Task.objects.get(pk=free.pk).assignee == cast.ava
    assert Task.objects.get(pk=taken.pk).assignee == cast.cole


def test_a_second_handing_over_does_not_ring_twice_before_it_is_read(cast, give):
    task = give(cast.ava, member=cast.ed)
    hand_over_task(cast.ava, task, member=cast.cole)
    hand_over_task(cast.ava, task, member=cast.ed)
    assert Notification.objects.get(member=cast.ed).count == 2
    read_all_notifications(cast.ed)
    assert Notification.objects.filter(member=cast.ed, read_at=None).count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_one_gets_it(cast):
    with scope(cast.acme):
        task = create_task(cast.ava, title="Bake", team=cast.team)

    def take(member) -> str:
        try:
            with scope(cast.acme):
                accept_task(member, Task.objects.get(pk=task.pk))
                return "got it"
        except (Conflict, PermissionDenied):
            return "too late"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, [cast.cole, cast.priya])) == ["got it", "too late"]
