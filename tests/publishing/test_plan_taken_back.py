"""No time is not the same as nothing said about the time, at each door."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from networks.models import Outgoing
from organizations.tenancy import scope
from publishing.actions.review import submit_post
from publishing.actions.schedule import move_post, schedule_post
from publishing.models import Post
from tests.cast import Cast
from tests.publishing.test_pages import at as address
from tests.publishing.test_pages import form
from tests.rest.caller import caller

AT = (now() + timedelta(days=2)).replace(microsecond=0)


def scheduled(cast: Cast) -> str:
    body = {"text": "Hello", "profiles": [cast.x.pk, cast.page.pk], "scheduled_at": AT.isoformat()}
    made = caller(cast.priya).post("posts/", body).json()
    assert made["state"] == "scheduled"
    return f"posts/{made['id']}/"


def outbox() -> set[str]:
    return set(Outgoing.unscoped.values_list("state", flat=True))


@pytest.mark.parametrize("more", [{}, {"text": "Other words"}])
def test_null_takes_a_scheduled_post_back_to_a_draft(cast: Cast, more: dict) -> None:
    path = scheduled(cast)
    taken = caller(cast.priya).patch(path, {"scheduled_at": None} | more)
    assert taken.status_code == 200, taken.content
    body = taken.json()
    assert (body["state"], body["scheduled_at"], body["time_zone"]) == ("draft", None, None)
    assert body["text"] == more.get("text", "Hello")
    assert outbox() == {"cancelled"}
    assert caller(cast.priya).get(path).json()["state"] == "draft"


@pytest.mark.parametrize("change", [{}, {"text": "Other words"}, {"time_zone": "Asia/Tokyo"}])
def test_absent_leaves_the_time(cast: Cast, change: dict) -> None:
    body = caller(cast.priya).patch(scheduled(cast), change).json()
    assert (body["state"], body["scheduled_at"]) == ("scheduled", AT.isoformat().replace("+00:00", "Z"))
    assert "waiting" in outbox()


def test_null_again_changes_nothing(cast: Cast) -> None:
    path = scheduled(cast)
    first = caller(cast.priya).patch(path, {"scheduled_at": None}).json()
    assert caller(cast.priya).patch(path, {"scheduled_at": None}).json() == first


def test_null_takes_the_time_from_what_waits_for_approval(cast: Cast, write, tomorrow) -> None:
    with scope(cast.acme):
        post = submit_post(cast.ed, move_post(cast.ed, write(cast.ed), at=tomorrow))
    body = caller(cast.ed).patch(f"posts/{post.pk}/", {"scheduled_at": None}).json()
    assert (body["state"], body["scheduled_at"]) == ("in_review", None)


def test_null_and_submit_ask_for_approval_without_a_time(cast: Cast) -> None:
    body = caller(cast.priya).patch(scheduled(cast), {"scheduled_at": None, "submit": True}).json()
    assert (body["state"], body["scheduled_at"]) == ("in_review", None)


def test_null_needs_the_right_to_edit_and_a_post_that_has_not_left(cast: Cast) -> None:
    path = scheduled(cast)
    assert caller(cast.ana).patch(path, {"scheduled_at": None}).status_code == 403
    Outgoing.unscoped.update(state="sent", sent_at=now())
    assert caller(cast.priya).patch(path, {"scheduled_at": None}).status_code == 409
    assert caller(cast.priya).get(path).json()["scheduled_at"] is not None


def test_null_is_no_time_to_schedule_for(cast: Cast) -> None:
    path = scheduled(cast)
    for wrong in (
        f"{path}schedule/",
        f"deliveries/{caller(cast.priya).get(path).json()['deliveries'][0]['id']}/schedule/",
    ):
        answer = caller(cast.priya).post(wrong, {"scheduled_at": None})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["scheduled_at"])
    assert caller(cast.priya).post(f"{path}schedule/", {}).json()["state"] == "scheduled"


@pytest.mark.parametrize("do", ["draft", "go"])
def test_no_time_yet_in_the_composer_takes_the_time_away(cast: Cast, sign_in, write, tomorrow, do: str) -> None:
    with scope(cast.acme):
        post = schedule_post(cast.priya, write(cast.priya, "Hello", cast.x, cast.page), at=tomorrow)
    answer = sign_in(cast.priya).post(address("edit", post.pk), form(cast, when="none", do=do))
    assert answer.status_code == 302, answer.content
    post = Post.unscoped.get(pk=post.pk)
    assert (post.state, post.planned_at, post.planned_zone) == ("draft", None, "")
    assert outbox() == {"cancelled"}
