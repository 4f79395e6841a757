"""What a person meant by a time stays, whatever the clocks make of it on the way."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from organizations.tenancy import scope
from publishing.actions.schedule import schedule_post
from publishing.models import Post
from tests.cast import Cast
from tests.publishing.test_pages import at as address
from tests.publishing.test_pages import form
from tests.rest.caller import caller

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = datetime(2027, 3, 27, 2, 30, tzinfo=BERLIN)
AUTUMN = datetime(2027, 10, 30, 2, 30, tzinfo=BERLIN)


@pytest.fixture(autouse=True)
def a_while_before(monkeypatch):
    """The change of clocks is near enough to be planned for, on whatever day this runs."""
    for module in ("compose", "schedule", "next_steps"):
        monkeypatch.setattr(f"publishing.actions.{module}.now", lambda: datetime(2026, 12, 1, tzinfo=UTC))


@pytest.fixture
def planned(cast: Cast, write):
    def plan(at: datetime) -> Post:
        return schedule_post(cast.priya, write(cast.priya, "Hello", cast.x), at=at, zone="Europe/Berlin")

    return plan


def mover(cast: Cast, sign_in, post: Post):
    client = sign_in(cast.priya)

    def move(day: str) -> str:
        answer = client.post(address("move", post.pk), {"day": day}, headers={"HX-Request": "true"})
        toast = json.loads(answer["HX-Trigger"])["toast"]
        assert toast["kind"] == "success", toast
        return toast["text"]

    return move


def local(post: Post) -> str:
    return f"{Post.unscoped.get(pk=post.pk).planned_at.astimezone(BERLIN):%d %H:%M %z}"


def test_a_time_that_the_clock_skips_is_there_again_the_day_after(cast: Cast, sign_in, planned) -> None:
    move = mover(cast, sign_in, post := planned(SPRING))
    said = move("2027-03-28")
    assert local(post) == "28 03:30 +0200"
    assert "02:30" in said
    assert "does not exist" in said
    assert "03:30" in said
    assert "exist" not in move("2027-03-29")
    assert local(post) == "29 02:30 +0200"
    move("2027-03-28")
    move("2027-03-27")
    assert local(post) == "27 02:30 +0100"


def test_a_time_that_comes_twice_leaves_once_and_is_said(cast: Cast, sign_in, planned) -> None:
    move = mover(cast, sign_in, post := planned(AUTUMN))
    assert "twice" in move("2027-10-31")
    assert local(post) == "31 02:30 +0200"
    assert "twice" not in move("2027-11-01")
    assert local(post) == "01 02:30 +0100"


def test_the_second_of_two_stays_the_second(cast: Cast, sign_in, planned) -> None:
    """Dropped where it was, saved without a change, and said again: none makes it the first."""
    post = planned(datetime(2027, 10, 31, 1, 30, 20, tzinfo=UTC))
    was = post.planned_at
    assert "second" in mover(cast, sign_in, post)("2027-10-31")
    assert Post.unscoped.get(pk=post.pk).planned_at == was
    client = sign_in(cast.priya)
    shown = client.get(address("edit", post.pk)).context["form"].initial
    typed = form(cast, text="New", profiles=[cast.x.pk], day="2027-10-31", clock="02:30", was=shown["was"])
    assert client.post(address("edit", post.pk), typed).status_code == 302
    assert Post.unscoped.get(pk=post.pk).planned_at == was
    assert client.post(address("schedule", post.pk), {"day": "2027-10-31", "clock": "02:30"}).status_code == 302
    assert Post.unscoped.get(pk=post.pk).planned_at == was


@pytest.mark.parametrize("change", ["words", "same time", "by rest", "same form"])
def test_what_was_meant_outlives_other_changes(cast: Cast, sign_in, planned, change: str) -> None:
    move = mover(cast, sign_in, post := planned(SPRING))
    move("2027-03-28")
    client = sign_in(cast.priya)
    path = f"posts/{post.pk}/"
    if change == "words":
        assert caller(cast.priya).patch(path, {"text": "Other"}).status_code == 200
    elif change == "same time":
        assert caller(cast.priya).post(f"{path}schedule/", {}).status_code == 200
    elif change == "by rest":
        body = {"scheduled_at": "2027-03-28T02:30:00+01:00", "time_zone": "Europe/Berlin"}
        assert caller(cast.priya).patch(path, body).status_code == 200
    else:
        shown = client.get(address("edit", post.pk)).context["form"].initial
        typed = form(cast, text="New", profiles=[cast.x.pk], day="2027-03-28", clock="03:30", was=shown["was"])
        assert client.post(address("edit", post.pk), typed).status_code == 302
    move("2027-03-29")
    assert local(post) == "29 02:30 +0200"


@pytest.mark.parametrize("door", ["rest", "composer", "button"])
def test_a_skipped_time_that_was_typed_is_meant(cast: Cast, sign_in, planned, door: str) -> None:
    client = sign_in(cast.priya)
    post = planned(SPRING - timedelta(days=3))
    if door == "rest":
        body = {"scheduled_at": "2027-03-28T02:30:00+01:00", "time_zone": "Europe/Berlin"}
        assert caller(cast.priya).post(f"posts/{post.pk}/schedule/", body).status_code == 200
    elif door == "composer":
        typed = form(cast, profiles=[cast.x.pk], day="2027-03-28", clock="02:30")
        assert "does not exist" in client.post(address("preview"), typed | {"post": post.pk}).content.decode()
        assert client.post(address("edit", post.pk), typed).status_code == 302
    else:
        answer = client.post(address("schedule", post.pk), {"day": "2027-03-28", "clock": "02:30"}, follow=True)
        assert "does not exist" in answer.content.decode()
    assert local(post) == "28 03:30 +0200"
    assert "does not exist" in client.get(address("post", post.pk)).content.decode()
    mover(cast, sign_in, post)("2027-03-29")
    assert local(post) == "29 02:30 +0200"


def test_a_new_post_keeps_what_was_meant_too(cast: Cast, sign_in) -> None:
    body = {"text": "Hello", "profiles": [cast.x.pk], "scheduled_at": "2027-03-28T02:30:00+01:00"}
    made = caller(cast.priya).post("posts/", body | {"time_zone": "Europe/Berlin"}).json()
    with scope(cast.acme):
        assert Post.objects.get(pk=made["id"]).planned_wall == datetime(2027, 3, 28, 2, 30, tzinfo=UTC)
    sign_in(cast.priya).post(address("compose"), form(cast, day="2027-03-28", clock="02:30", do="draft"))
    with scope(cast.acme):
        assert Post.objects.get(state="draft").planned_wall == datetime(2027, 3, 28, 2, 30, tzinfo=UTC)
