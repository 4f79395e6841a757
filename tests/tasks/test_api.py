"""Tasks through REST: the same answers as the pages."""

from teams.models import Task
from tests.posts import create_post


def test_from_giving_to_done(cast, api):
    ava, ed = api(cast.ava), api(cast.ed)
    body = {"title": "Bake", "member": cast.ed.pk, "due_at": "2030-01-31T09:00:00+01:00", "time_zone": "Europe/Madrid"}
    made = ava.post("tasks/", body)
    assert made.status_code == 201, made.content
    task = made.json()
    assert (task["state"], task["assignee"], task["giver"]) == ("open", cast.ed.pk, cast.ava.pk)
    assert (task["due_at"], task["time_zone"]) == ("2030-01-31T08:00:00Z", "Europe/Madrid")
    assert ed.post(f"tasks/{task['id']}/accept/").json()["state"] == "accepted"
    handed = ed.post(f"tasks/{task['id']}/hand_over/", {"team": cast.team.pk, "note": "Please"})
    assert (handed.json()["team"], handed.json()["assignee"]) == (cast.team.pk, None)
    cole = api(cast.cole)
    assert cole.post(f"tasks/{task['id']}/done/", {"note": "Warm"}).json()["state"] == "done"
    assert cole.post(f"tasks/{task['id']}/done/").status_code == 409
    words = [step["word"] for step in ava.get(f"tasks/{task['id']}/").json()["history"]]
    assert words == ["given", "accepted", "handed_over", "done"]


def test_lists_by_view(cast, api, give, django_assert_max_num_queries):
    for number in range(5):
        give(cast.ava, f"Loaf {number}", member=cast.ed)
    ed = api(cast.ed)
    ed.get("tasks/")
    with django_assert_max_num_queries(6):
        page = ed.get("tasks/?view=mine&limit=3").json()
    assert [row["title"] for row in page["results"]] == ["Loaf 0", "Loaf 1", "Loaf 2"]
    more = page["next"].partition("/api/v1/")[2]
    assert [row["title"] for row in ed.get(more).json()["results"]] == ["Loaf 3", "Loaf 4"]
    assert ed.get("tasks/?view=given").json()["results"] == []
    assert len(api(cast.olive).get("tasks/").json()["results"]) == 5
    assert api(cast.ana).get("tasks/").json()["results"] == []
    assert ed.get("tasks/?view=nonsense").status_code == 400


def test_bad_bodies_name_their_fields(cast, api):
    ava = api(cast.ava)
    for body, field in (
        ({}, "title"),
        ({"title": "x", "member": 10**15}, "member"),
        ({"title": "x", "team": "x"}, "team"),
        ({"title": "x", "due_at": "2030-01-31T09:00:00"}, "due_at"),
        ({"title": "x", "due_at": "2001-01-31T09:00:00Z"}, "due_at"),
        ({"title": "x", "about": "post:0"}, "about"),
        ({"title": "x", "colour": "red"}, "colour"),
        ({"title": "x", "member": cast.ed.pk, "team": cast.team.pk}, "member"),
    ):
        answer = ava.post("tasks/", body)
        assert answer.status_code == 400, body
        assert field in answer.json()["errors"], body
    assert not Task.unscoped.exists()


def test_rights_are_those_of_the_pages(cast, api, give):
    task = give(cast.ava, member=cast.ed)
    assert api(cast.mallory).get(f"tasks/{task.pk}/").status_code == 404
    assert api(cast.ana).post(f"tasks/{task.pk}/done/").status_code == 404
    assert api(cast.ed).post(f"tasks/{task.pk}/cancel/").status_code == 403
    assert api(cast.vic).post("tasks/", {"title": "Bake"}).status_code == 403


def test_what_it_is_about_is_told_to_those_who_may_see_it(cast, api, give):
    post = create_post(cast.ed, text="A secret recipe", profiles=[cast.page.pk])
    task = give(cast.ed, member=cast.cole, about=("post", post.pk))
    assert api(cast.ed).get(f"tasks/{task.pk}/").json()["about"] == f"post:{post.pk}"
    assert api(cast.cole).get(f"tasks/{task.pk}/").json()["about"] is None


def test_the_same_key_is_one_task(cast, api):
    ava = api(cast.ava)
    for _ in range(2):
        assert ava.post("tasks/", {"title": "Bake"}, **{"Idempotency-Key": "k"}).status_code == 201
    assert Task.unscoped.count() == 1
