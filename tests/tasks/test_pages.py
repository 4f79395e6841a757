"""The pages of tasks: who sees what, in few queries, and nothing of a thing that one may not see."""

import re

import pytest
from django.utils.timezone import now

from inbox.models import Conversation
from organizations.tenancy import scope
from teams.actions.tasks import finish_task
from teams.models import Task
from tests.posts import create_post

TASKS = "/o/acme/tasks/"


def text_of(answer) -> str:
    return answer.content.decode()


def form_of(client, query: str = "") -> dict[str, str]:
    key = re.search(r'name="form_key" value="([^"]+)"', text_of(client.get(f"{TASKS}new/{query}")))
    assert key
    return {"form_key": key[1]}


def test_a_newcomer_gives_a_task_and_the_other_finds_it(cast, sign_in):
    client = sign_in(cast.ava)
    sent = {**form_of(client), "title": "Bake bread", "member": f"member-{cast.ed.pk}", "day": "2030-01-31"}
    answer = client.post(TASKS + "new/", sent, follow=True)
    assert "The task is given to Ed." in text_of(answer)
    task = Task.unscoped.get()
    assert (task.due_at.isoformat(), task.due_zone) == ("2030-01-31T16:00:00+00:00", "Europe/Madrid")
    assert client.post(TASKS + "new/", sent).status_code == 302
    assert Task.unscoped.count() == 1
    client = sign_in(cast.ed)
    assert "Bake bread" in text_of(client.get(TASKS))
    client.post(f"{TASKS}{task.pk}/accept/")
    client.post(f"{TASKS}{task.pk}/done/", {"note": "Warm"})
    assert "Bake bread" not in text_of(client.get(TASKS))
    assert "Bake bread" in text_of(client.get(TASKS + "?view=done"))
    assert "Warm" in text_of(client.get(f"{TASKS}{task.pk}/"))


def test_what_is_wrong_stands_beside_its_field(cast, sign_in):
    client = sign_in(cast.ava)
    sent = {**form_of(client), "title": "", "member": "member-999999", "day": "soon", "clock": "10:00"}
    answer = client.post(TASKS + "new/", sent)
    assert answer.status_code == 422
    assert text_of(answer).count("field__error") >= 3
    sent = {**sent, "title": "Bake", "member": f"member-{cast.ed.pk}", "day": ""}
    assert "Choose the day, too." in text_of(client.post(TASKS + "new/", sent))
    for day in ("2001-01-01", "0001-01-01", "9999-12-31"):
        sent["day"] = day
        assert "still to come" in text_of(client.post(TASKS + "new/", sent))
    for about in ("post:99999999", "post:x", "secret:1"):
        assert client.post(TASKS + "new/", {**sent, "day": "", "clock": "", "about": about}).status_code == 422
    assert not Task.unscoped.exists()


@pytest.mark.parametrize("view", ["", "mine", "teams", "given", "done", "nonsense"])
def test_every_view_opens_for_everybody(cast, sign_in, view):
    for member in (cast.olive, cast.ed, cast.vic):
        assert sign_in(member).get(f"{TASKS}?view={view}&before=x-1").status_code == 200


def test_whoever_may_not_see_the_thing_sees_the_tasks_words_only(cast, sign_in, give):
    post = create_post(cast.ed, text="A secret recipe", profiles=[cast.page.pk])
    task = give(cast.ed, "Proof-read", member=cast.cole, about=("post", post.pk))
    for address in (TASKS, f"{TASKS}{task.pk}/"):
        theirs = text_of(sign_in(cast.cole).get(address))
        assert "Proof-read" in theirs
        assert "secret recipe" not in theirs
        assert f"/posts/{post.pk}/" not in theirs
    own = text_of(sign_in(cast.ed).get(f"{TASKS}{task.pk}/"))
    assert f'href="/o/acme/posts/{post.pk}/"' in own
    assert "A secret recipe" in own


def test_nobody_gives_a_task_about_what_they_cannot_see(cast, sign_in, give):
    post = create_post(cast.ed, text="A secret recipe", profiles=[cast.page.pk])
    page = text_of(sign_in(cast.cole).get(f"{TASKS}new/?about=post:{post.pk}"))
    assert "secret recipe" not in page


def test_posts_and_conversations_lead_to_a_task_about_them(cast, sign_in, in_acme):
    post = create_post(cast.ed, text="Fresh bread", profiles=[cast.x.pk])
    talk = Conversation.objects.create(profile=cast.x, kind="direct", root_id="1", last_message_at=now())
    client = sign_in(cast.lena)
    assert f"/o/acme/tasks/new/?about=post:{post.pk}" in text_of(client.get(f"/o/acme/posts/{post.pk}/"))
    assert f"?about=conversation:{talk.pk}" in text_of(client.get(f"/o/acme/inbox/{talk.pk}/"))
    assert "Fresh bread" in text_of(client.get(f"{TASKS}new/?about=post:{post.pk}"))


def test_handing_over_from_the_page(cast, sign_in, give):
    task = give(cast.ava, member=cast.ed)
    client = sign_in(cast.ed)
    address = f"{TASKS}{task.pk}/hand-over/"
    assert client.post(address, {"member": "member-0"}).status_code == 422
    assert client.post(address, {"member": f"team-{cast.team.pk}", "note": "x" * 1001}).status_code == 422
    answer = client.post(address, {"member": f"member-{cast.cole.pk}", "note": "Please"}, follow=True)
    assert "Handed over to Cole." in text_of(answer)
    assert client.get(f"{TASKS}{task.pk}/").status_code == 404


def test_a_list_costs_the_same_however_long_it_is(cast, sign_in, give, django_assert_max_num_queries):
    post = create_post(cast.ed, text="Fresh bread", profiles=[cast.x.pk])
    talk = Conversation.objects.create(profile=cast.x, kind="direct", root_id="1", last_message_at=now())
    for number in range(45):
        about = ("post", post.pk) if number % 2 else ("conversation", talk.pk)
        give(cast.lena, f"Loaf {number}", member=cast.priya, about=about)
    client = sign_in(cast.priya)
    client.get(TASKS)
    with django_assert_max_num_queries(14):
        page = text_of(client.get(TASKS))
    assert page.count("data-row") == 40
    before = re.search(r"before=(\d+-\d+)", page)
    assert text_of(client.get(f"{TASKS}?before={before[1]}")).count("data-row") == 5
    with django_assert_max_num_queries(8):
        client.get(TASKS, headers={"HX-Request": "true"})
    for task in Task.objects.all():
        finish_task(cast.priya, task)
    page = text_of(client.get(TASKS + "?view=done"))
    before = re.search(r"before=(\d+-\d+)", page)
    assert text_of(client.get(f"{TASKS}?view=done&before={before[1]}")).count("data-row") == 5


def test_the_way_back_stays_here(cast, sign_in, give):
    task = give(cast.ava, member=cast.ed)
    answer = sign_in(cast.ed).post(f"{TASKS}{task.pk}/accept/", {"next": "https://evil.example/o/acme/"})
    assert answer["Location"] == f"/o/acme/tasks/{task.pk}/"


def test_strangers_find_nothing(cast, sign_in, give):
    task = give(cast.ava, member=cast.ed)
    client = sign_in(cast.mallory)
    for act in ("accept", "done", "hand-over", "cancel", "reopen"):
        assert client.post(f"{TASKS}{task.pk}/{act}/").status_code == 404
        assert client.post(f"/o/globex/tasks/{task.pk}/{act}/").status_code == 404
    with scope(cast.acme):
        assert Task.objects.get().state == "open"
