"""Two at once with rights, teams, pauses and tasks: the second waits, and is refused where it saw something else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict
from foundation.overtaking import Overtaken
from networks.models import Profile
from networks.outbox.claims import begin_next_row
from organizations.actions.leaving import offboard_member
from organizations.tenancy import scope
from teams.access import verbs_on
from teams.actions.grants import set_grants
from teams.actions.levels import change_level, create_level
from teams.actions.pauses import pause_publishing, release_pause
from teams.actions.reminders import send_task_reminder
from teams.actions.tasks import accept_task, create_task, finish_task
from teams.actions.teams import change_team, create_team, dissolve_team
from teams.models import Pause, Task, Team
from tests.few import Few
from tests.few import few as few
from tests.few import transactional_db as transactional_db
from tests.outbox.rows import put
from tests.races import overlapping


def verbs(few: Few) -> frozenset[str]:
    with scope(few.acme):
        return verbs_on(few.cole, [few.x.pk])[few.x.pk]


def test_of_two_who_saw_the_same_rights_one_changes_them(few: Few) -> None:
    seen = {f"member-{few.cole.pk}": verbs(few)}

    def give(*given: str) -> Callable[[], None]:
        return lambda: set_grants(few.olive, few.x, members={few.cole.pk: given}, seen=seen)

    met = overlapping("teams.actions.grants.lock_profile_row", give("view", "draft"), give("view"), of=few.acme)
    assert (met.first, type(met.second), met.waited) == (None, Conflict, True)
    assert verbs(few) == {"view", "draft"}


def test_of_two_who_saw_the_same_level_one_changes_it(few: Few) -> None:
    with scope(few.acme):
        level = create_level(few.olive, name="Bard", verbs=["view", "draft"])

    def change(name: str) -> Callable[[], object]:
        return lambda: change_level(few.olive, level, name=name, seen=level.mark)

    met = overlapping("teams.actions.levels.lock_level", change("Singer"), change("Poet"), of=few.acme)
    assert (type(met.second), met.waited) == (Overtaken, True)
    level.refresh_from_db()
    assert level.name == "Singer"


# --- teams and pauses ---------------------------------------------------------------------------------------------


@pytest.fixture
def team(few: Few) -> Team:
    with scope(few.acme):
        return create_team(few.olive, name="Care", leaders=[few.lena.pk], profiles=[few.x.pk])


def test_two_who_put_people_into_a_team_both_do(few: Few, team: Team) -> None:
    def add(name: str) -> Callable[[], object]:
        who, standing = getattr(few, name), Team.unscoped.get(pk=team.pk)
        return lambda: change_team(few.olive, standing, members=[who.pk], seen={"members": []})

    met = overlapping("teams.actions.teams.lock_team", add("cole"), add("priya"), of=few.acme)
    assert (type(met.first), type(met.second), met.waited) == (Team, Team, True)
    with scope(few.acme):
        people = team.memberships.filter(leads=False).values_list("member", flat=True)
        assert set(people) == {few.cole.pk, few.priya.pk}


def test_a_team_that_is_being_paused_does_not_end(few: Few, team: Team) -> None:
    met = overlapping(
        "teams.actions.pauses.lock_pauses",
        lambda: pause_publishing(few.olive, team),
        lambda: dissolve_team(few.olive, Team.objects.get(pk=team.pk)),
        of=few.acme,
    )
    assert (type(met.first), type(met.second), met.waited) == (Pause, Conflict, True)


def test_pausing_twice_is_one_pause(few: Few) -> None:
    met = overlapping(
        "teams.actions.pauses.lock_pauses#2",
        lambda: pause_publishing(few.olive, few.acme),
        lambda: pause_publishing(few.olive, few.acme),
        of=few.acme,
        turn=1,
    )
    assert met.waited
    assert met.first == met.second


def test_a_pause_is_released_once(few: Few) -> None:
    with scope(few.acme):
        pause = pause_publishing(few.olive, few.x)
    met = overlapping(
        "teams.actions.pauses.lock_pauses#2",
        lambda: release_pause(few.olive, pause),
        lambda: release_pause(few.lena, Pause.objects.get(pk=pause.pk)),
        of=few.acme,
        turn=1,
    )
    assert (type(met.first), type(met.second), met.waited) == (dict, Conflict, True)


def test_nothing_begins_to_leave_while_a_pause_is_written(few: Few) -> None:
    with scope(few.acme):
        put(few.x)
    met = overlapping(
        "teams.actions.pauses.apply_pauses",
        lambda: pause_publishing(few.olive, few.x),
        lambda: begin_next_row(now()),
        of=few.acme,
    )
    assert (type(met.first), met.second, met.waited) == (Pause, None, False)
    assert Profile.unscoped.get(pk=few.x.pk).pause == "all"


# --- tasks --------------------------------------------------------------------------------------------------------


@pytest.fixture
def task(few: Few) -> Task:
    with scope(few.acme):
        return create_task(few.olive, title="Bake", member=few.cole, due_at=now() + timedelta(hours=2))


def test_of_two_who_saw_the_same_task_one_changes_it(few: Few, task: Task) -> None:
    seen = task.mark
    met = overlapping(
        "teams.actions.tasks.lock_task",
        lambda: accept_task(few.cole, task, seen=seen),
        lambda: finish_task(few.cole, task, seen=seen),
        of=few.acme,
    )
    assert (type(met.first), type(met.second), met.waited) == (Task, Overtaken, True)


def test_a_task_reminds_once(few: Few, task: Task) -> None:
    at = now() + timedelta(hours=1, minutes=1)
    met = overlapping(
        "teams.actions.reminders.send_task_reminder",
        lambda: send_task_reminder(task.pk, at),
        lambda: send_task_reminder(task.pk, at),
        of=few.acme,
    )
    assert (met.first, met.second, met.waited) == (True, False, True)


def test_what_somebody_who_leaves_finishes_at_that_moment_is_handed_over_first(few: Few, task: Task) -> None:
    met = overlapping(
        "teams.actions.task_handover.reassign_tasks",
        lambda: offboard_member(few.olive, few.cole, successor=few.priya),
        lambda: finish_task(few.olive, task),
        of=few.acme,
    )
    assert met.waited
    assert not isinstance(met.first, Exception), met
    task.refresh_from_db()
    assert task.assignee_id == few.priya.pk
