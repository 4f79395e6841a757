"""A task can be talked about by all who see it, whatever has become of it."""

import pytest

from foundation.errors import Invalid, NotFound
from organizations.models import Notification
from teams.actions.tasks import comment_task, create_task, finish_task
from teams.models import TaskStep

pytestmark = pytest.mark.usefixtures("in_acme")


@pytest.fixture
def task(cast):
    return create_task(cast.lena, title="Bake bread", member=cast.ed)


def told() -> dict[str, str]:
    rows = Notification.objects.filter(kind="task_talk").select_related("member__user")
    return {row.member.name: row.about for row in rows}


def test_both_sides_talk_and_hear_each_other(cast, task):
    comment_task(cast.ed, task, text="Which flour?")
    assert told() == {"Lena": "Which flour?"}
    comment_task(cast.lena, finish_task(cast.ed, task), text="Rye, next time.")
    assert told()["Ed"] == "Rye, next time."
    steps = TaskStep.objects.filter(task=task, word="commented").order_by("pk")
    assert [(one.by, one.note) for one in steps] == [("Ed", "Which flour?"), ("Lena", "Rye, next time.")]


def test_a_team_hears_it_until_somebody_does_it(cast):
    task = create_task(cast.olive, title="Sweep", team=cast.team)
    comment_task(cast.cole, task, text="Where is the broom?")
    assert set(told()) == {cast.olive.name, "Lena", "Priya", "Ed"}


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "x" * 1001])
def test_it_says_something(cast, task, text):
    with pytest.raises(Invalid) as refused:
        comment_task(cast.ed, task, text=text)
    assert "text" in refused.value.fields


def test_who_does_not_see_it_says_nothing(cast, task, sign_in, api):
    with pytest.raises(NotFound):
        comment_task(cast.priya, task, text="Hello")
    assert sign_in(cast.priya).post(f"/o/acme/tasks/{task.pk}/comment/", {"text": "Hello"}).status_code == 404
    assert api(cast.priya).post(f"tasks/{task.pk}/comment/", {"text": "Hello"}).status_code == 404
    assert not TaskStep.objects.filter(word="commented").exists()


def test_the_page_and_rest_are_doors_to_it(cast, task, sign_in, api):
    client = sign_in(cast.ed)
    client.post(f"/o/acme/tasks/{task.pk}/comment/", {"text": "Which <b>flour</b>?"})
    shown = client.get(f"/o/acme/tasks/{task.pk}/").content.decode()
    assert "Ed said" in shown
    assert "Which &lt;b&gt;flour" in shown
    assert 'name="text"' in shown
    answer = api(cast.lena).post(f"tasks/{task.pk}/comment/", {"text": "Rye"})
    assert answer.status_code == 201
    history = api(cast.lena).get(f"tasks/{task.pk}/").json()["history"]
    assert [one["note"] for one in history if one["word"] == "commented"] == ["Which <b>flour</b>?", "Rye"]


def test_what_others_decide_by_is_not_changed(cast, task):
    before = task.mark
    comment_task(cast.ed, task, text="Which flour?")
    task.refresh_from_db()
    assert task.mark == before


@pytest.mark.parametrize("page", ["", "inbox/", "posts/", "analytics/", "settings/", "teams/"])
def test_a_task_can_be_made_from_the_palette_of_every_page(cast, sign_in, page):
    shown = sign_in(cast.ed).get(f"/o/acme/{page}").content.decode()
    assert '<a href="/o/acme/tasks/new/" data-palette>New task</a>' in shown


def test_who_only_looks_is_offered_none(cast, sign_in):
    assert "/o/acme/tasks/new/" not in sign_in(cast.vic).get("/o/acme/").content.decode()
