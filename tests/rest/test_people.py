"""People by REST: who is here, their role, their absence, invitations, and leaving."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from organizations.models import Absence, Invitation, Member
from organizations.tenancy import scope
from teams.actions.tasks import create_task
from teams.models import Task
from tests.cast import Cast
from tests.rest.test_problems import assert_problem


def test_everybody_sees_who_is_here_and_finds_them(cast: Cast, api) -> None:
    ed = api(cast.ed)
    names = {row["name"] for row in ed.get("members/").json()["results"]}
    assert {"Lena", "Ed", "Vic"} <= names
    assert not names & {"Mallory"}
    [lena] = ed.get("members/?q=lena").json()["results"]
    assert lena == ed.get(f"members/{cast.lena.pk}/").json()
    assert lena["role"] == "member"
    assert [row["name"] for row in ed.get("members/?role=viewer").json()["results"]] == ["Vic"]
    assert_problem(ed.get("members/?role=king"), 400, "role")
    assert_problem(ed.get(f"members/{cast.mallory.pk}/"), 404)


def test_it_pages_by_key(cast: Cast, api, django_assert_max_num_queries) -> None:
    ed = api(cast.ed)
    first = ed.get("members/?limit=3").json()
    second = ed.get("members/?limit=3&cursor=" + first["next"].split("cursor=")[1].split("&")[0]).json()
    assert not {row["id"] for row in first["results"]} & {row["id"] for row in second["results"]}
    with django_assert_max_num_queries(6):
        ed.get("members/")


@pytest.mark.parametrize(
    ("who", "whom", "body", "status"),
    [
        ("olive", "ed", {"role": "admin"}, 200),
        ("olive", "ed", {"role": "king"}, 400),
        ("olive", "ed", {}, 400),
        ("olive", "ed", {"name": "Edward"}, 400),
        ("olive", "olive", {"role": "member"}, 409),  # the last owner
        ("lena", "ed", {"role": "viewer"}, 403),
        ("mallory", "ed", {"role": "viewer"}, 404),
    ],
)
def test_roles(cast: Cast, api, who, whom, body, status) -> None:
    answer = api(getattr(cast, who)).patch(f"members/{getattr(cast, whom).pk}/", body)
    assert answer.status_code == status, answer.content
    if status == 200:
        assert answer.json()["role"] == body["role"]


def test_an_absence_is_planned_seen_and_ended(cast: Cast, api) -> None:
    ed, today = api(cast.ed), now().date()
    path = f"members/{cast.ed.pk}/absences/"
    body = {"deputy": cast.ana.pk, "first_day": f"{today}", "last_day": f"{today + timedelta(days=3)}"}
    made = ed.post(path, body)
    assert made.status_code == 201, made.content
    assert api(cast.vic).get(path).json()["results"] == [made.json()]
    assert_problem(ed.post(path, body), 400, "first_day")
    assert_problem(ed.post(path, {**body, "deputy": cast.mallory.pk}), 400, "deputy")
    assert_problem(api(cast.lena).post(path, body), 403)
    end = f"absences/{made.json()['id']}/end/"
    assert_problem(api(cast.lena).post(end), 403)
    assert_problem(api(cast.mallory).post(end), 404)
    assert ed.post(end).status_code == 204
    with scope(cast.acme):
        assert not Absence.objects.filter(ends_at__gt=now()).exists()


def test_an_invitation_is_sent_sent_again_and_taken_back(cast: Cast, api) -> None:
    olive = api(cast.olive)
    made = olive.post("invitations/", {"email": "Nia@acme.example", "teams": [cast.team.pk]})
    assert made.status_code == 201, made.content
    shown = made.json()
    assert (shown["email"], shown["role"], shown["state"]) == ("nia@acme.example", "member", "open")
    assert shown["teams"] == [cast.team.pk]
    assert olive.get("invitations/").json()["results"] == [shown]
    assert_problem(olive.post("invitations/", {"email": "nia@acme.example"}), 400, "email")
    with scope(cast.acme):
        Invitation.objects.update(expires_at=now() - timedelta(days=1))
    path = f"invitations/{shown['id']}/"
    assert olive.get(path).json()["state"] == "expired"
    assert olive.post(path + "resend/").json()["state"] == "open"
    assert olive.post(path + "revoke/").json()["state"] == "revoked"
    assert_problem(olive.post(path + "resend/"), 409)
    assert olive.get("invitations/").json()["results"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "vic@acme.example"}, "email"),  # is here already
        ({"email": "a@b.example", "role": "king"}, "role"),
        ({"email": "a@b.example", "teams": [10**9]}, "teams"),
        ({"email": "a@b.example", "name": "A"}, "name"),
    ],
)
def test_bad_invitations_are_not_stored(cast: Cast, api, body, field) -> None:
    assert_problem(api(cast.olive).post("invitations/", body), 400, field)
    with scope(cast.acme):
        assert not Invitation.objects.exists()


def test_an_admin_invites_no_owner(cast: Cast, api) -> None:
    api(cast.olive).patch(f"members/{cast.lena.pk}/", {"role": "admin"})
    cast.lena.refresh_from_db()
    assert_problem(api(cast.lena).post("invitations/", {"email": "a@b.example", "role": "owner"}), 403)


def test_leaving_hands_everything_over(cast: Cast, api) -> None:
    olive, ed = api(cast.olive), api(cast.ed)
    with scope(cast.acme):
        task = create_task(cast.lena, title="Bake", member=cast.ed)
    path = f"members/{cast.ed.pk}/leave/"
    assert_problem(olive.post(path, {}), 400, "successor")
    assert_problem(olive.post(path, {"successor": cast.mallory.pk}), 400, "successor")
    wrong = {"successor": cast.lena.pk, "successors": {"cakes": cast.priya.pk}}
    assert_problem(olive.post(path, wrong), 400, "successors.cakes")
    assert_problem(api(cast.lena).post(path, {"successor": cast.lena.pk}), 403)
    assert ed.get("members/").status_code == 200
    right = {"successor": cast.lena.pk, "successors": {"tasks": cast.priya.pk}}
    assert olive.post(path, right).status_code == 204
    assert ed.get("members/").status_code == 401
    assert_problem(olive.get(f"members/{cast.ed.pk}/"), 404)
    with scope(cast.acme):
        assert Task.objects.get(pk=task.pk).assignee == cast.priya
        assert not Member.objects.filter(pk=cast.ed.pk).exists()
