"""Every page answers for everybody in the cast as it should, empty and with posts, in few queries."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from networks.models import Attempt, Outgoing
from organizations.tenancy import scope
from publishing.actions.review import submit_post
from publishing.actions.schedule import publish_now, schedule_post
from publishing.models import Post
from tests.cast import Cast

PAGES = ("compose", "calendar", "posts", "approvals")
BUTTONS = ("submit", "approve", "reject", "schedule", "publish", "withdraw", "cancel", "delete", "move")
DELIVERY_BUTTONS = ("retry", "resolve", "cancel_delivery")


def at(name: str, *args) -> str:
    return reverse(f"publishing:{name}", args=["acme", *args])


@pytest.mark.parametrize("name", PAGES)
def test_every_member_opens_every_page(cast: Cast, sign_in, name: str) -> None:
    for member in (cast.olive, cast.lena, cast.ed, cast.priya, cast.ava, cast.cole, cast.ana, cast.vic):
        assert sign_in(member).get(at(name)).status_code == 200, member


def test_strangers_find_nothing(cast: Cast, sign_in, write, tomorrow) -> None:
    post = schedule_post(cast.priya, write(cast.priya), at=tomorrow)
    delivery = post.deliveries.first()
    client = sign_in(cast.mallory)
    pages = [at(name) for name in PAGES] + [at("post", post.pk), at("edit", post.pk), at("profiles")]
    buttons = [at(name, post.pk) for name in BUTTONS] + [at(name, delivery.pk) for name in DELIVERY_BUTTONS]
    for url in [*pages, *buttons, at("preview")]:
        assert client.get(url).status_code == client.post(url).status_code == 404, url
    own = [url.replace("/o/acme/", "/o/globex/") for url in [at("post", post.pk), at("edit", post.pk), *buttons]]
    for url in own:
        assert client.post(url).status_code in (404, 405), url
    assert client.get(own[0]).status_code == 404


def test_a_post_on_an_invisible_profile_is_not_there(cast: Cast, sign_in, write) -> None:
    hidden, seen = write(cast.ed, "On the page", cast.page), write(cast.ed, "On X", cast.x)
    client = sign_in(cast.cole)
    assert client.get(at("post", hidden.pk)).status_code == 404
    assert client.get(at("post", seen.pk)).status_code == 200
    listed = client.get(at("posts")).content.decode()
    assert "On X" in listed
    assert "On the page" not in listed


def form(cast: Cast, **more) -> dict:
    day = (now() + timedelta(days=3)).date().isoformat()
    return {
        "text": "Hello",
        "profiles": [cast.x.pk, cast.page.pk],
        "when": "at",
        "day": day,
        "clock": "09:00",
        "do": "go",
    } | more


def test_the_composer_schedules_in_the_members_zone(cast: Cast, sign_in) -> None:
    answer = sign_in(cast.priya).post(at("compose"), form(cast, text="Line one\r\nline two", variant_x="Short"))
    assert answer.status_code == 302, answer.content
    with scope(cast.acme):
        post = Post.objects.get()
        assert (post.state, post.planned_wall.hour, post.planned_zone) == ("scheduled", 9, "Europe/Madrid")
        texts = dict(Outgoing.objects.values_list("profile__network", "draft__text"))
    assert texts == {"x": "Short", "facebook": "Line one\nline two"}


def test_a_contributor_sends_for_approval(cast: Cast, sign_in) -> None:
    preview = sign_in(cast.ed).post(at("preview"), form(cast)).content.decode()
    assert "Send for approval" in preview
    sign_in(cast.ed).post(at("compose"), form(cast))
    assert Post.unscoped.get().state == "in_review"


def test_the_button_says_what_it_does(cast: Cast, sign_in) -> None:
    client = sign_in(cast.priya)
    said = client.post(at("preview"), form(cast)).content.decode()
    assert "Schedule for" in said
    assert "09:00 Europe/Madrid to 2 profiles" in said
    assert (
        "Publish now to 1 profile"
        in client.post(at("preview"), form(cast, when="now", profiles=[cast.x.pk])).content.decode()
    )
    over = client.post(at("preview"), form(cast, text="x" * 300)).content.decode()
    assert "20 too many: 300 of 280" in over


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": "y" * 300}, "20 too many"),
        ({"text": ""}, "Write something first"),
        ({"profiles": []}, "Choose at least one profile"),
        ({"profiles": ["9999999"]}, "There is no profile 9999999"),
        ({"day": ""}, "Choose a day"),
        ({"day": "2020-01-01"}, "That time has passed"),
        ({"day": "0001-01-01"}, "Choose a day in the next two years"),
        ({"clock": "soon"}, "Enter a valid time"),
        ({"variant_x": "z" * 281}, "1 too many"),
    ],
)
def test_mistakes_are_said_and_nothing_typed_is_lost(cast: Cast, sign_in, change: dict, said: str) -> None:
    answer = sign_in(cast.priya).post(at("compose"), form(cast, text="Kept words") | change)
    page = answer.content.decode()
    assert said in page
    assert answer.status_code == 422
    assert change.get("text", "Kept words") in page
    assert not Post.unscoped.exists()


def test_the_same_form_twice_is_one_post(cast: Cast, sign_in) -> None:
    client = sign_in(cast.priya)
    key = client.get(at("compose")).context["form"]["form_key"].value()
    first, second = (client.post(at("compose"), form(cast, form_key=str(key))) for _ in range(2))
    assert first.url == second.url
    assert Outgoing.unscoped.count() == 2


def test_hostile_words_stay_words(cast: Cast, sign_in, write) -> None:
    post = write(cast.ed, "<script>alert(1)</script> {{ 7|add:7 }}")
    page = sign_in(cast.ed).get(at("post", post.pk)).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    for address in (
        at("posts") + "?q=%00&state=x&before=-1",
        at("calendar") + "?month=9999-99&day=0000-00-00&profile=1e9",
    ):
        assert sign_in(cast.ed).get(address).status_code == 200


def test_an_entry_moves_to_another_day(cast: Cast, sign_in, write, tomorrow) -> None:
    post = schedule_post(cast.priya, write(cast.priya), at=tomorrow)
    day = (post.planned_wall + timedelta(days=5)).date().isoformat()
    answer = sign_in(cast.priya).post(at("move", post.pk), {"day": day}, headers={"HX-Request": "true"})
    assert json.loads(answer["HX-Trigger"])["toast"]["kind"] == "success"
    moved = Post.unscoped.get()
    assert (moved.planned_wall - post.planned_wall) == timedelta(days=5)
    for wrong in ("2020-01-01", "soon", "9999-12-31", ""):
        answer = sign_in(cast.priya).post(at("move", post.pk), {"day": wrong}, headers={"HX-Request": "true"})
        assert (answer.status_code, json.loads(answer["HX-Trigger"])["toast"]["kind"]) == (200, "error")
    refused = sign_in(cast.ed).post(at("move", post.pk), {"day": day}, headers={"HX-Request": "true"})
    assert json.loads(refused["HX-Trigger"])["toast"]["kind"] == "error"


def test_the_ledger_is_told_as_a_story(cast: Cast, sign_in, write) -> None:
    post = publish_now(cast.priya, write(cast.priya, "One", cast.x))
    row = Outgoing.objects.get()
    Outgoing.objects.filter(pk=row.pk).update(state="unknown", needs_person=True, reason="It did not answer.")
    for kind, outcome in (("send", "unknown"), ("look", "not found")):
        Attempt.objects.create(
            outgoing=row, kind=kind, worker="w", started_at=now(), finished_at=now(), outcome=outcome
        )
    page = sign_in(cast.priya).get(at("post", post.pk)).content.decode()
    for words in (
        "Sent to X",
        "No clear answer after 0 ms",
        "Looked on the profile (0 ms): not there, or not yet.",
        "It is there",
        "send it again",
        "Leave it",
    ):
        assert words in page
    assert ">Leave it<" not in sign_in(cast.ed).get(at("post", post.pk)).content.decode()


def test_deciding_from_the_list(cast: Cast, sign_in, write, tomorrow) -> None:
    post = submit_post(cast.ed, write(cast.ed, planned_at=tomorrow))
    page = sign_in(cast.ava).get(at("approvals")).content.decode()
    assert "Approve and schedule for" in page
    answer = sign_in(cast.ava).post(at("approve", post.pk), {"revision": "1", "next": at("approvals")})
    assert answer.url == at("approvals")
    assert Post.unscoped.get().state == "scheduled"
    off_site = sign_in(cast.ava).post(at("approve", post.pk), {"next": "https://evil.example/o/acme/"})
    assert off_site.url == at("post", post.pk)


def queries(client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


@pytest.mark.parametrize("name", ["calendar", "posts", "approvals", "calendar-day", "post"])
@pytest.mark.parametrize("who", ["olive", "ava"])
def test_queries_do_not_grow(cast: Cast, sign_in, write, tomorrow, name: str, who: str) -> None:
    client = sign_in(getattr(cast, who))

    def more(count: int) -> None:
        for _ in range(count):
            schedule_post(cast.priya, write(cast.priya, variants={"x": "X"}), at=tomorrow)
            submit_post(cast.ed, write(cast.ed, planned_at=tomorrow))

    more(2)
    url = {"calendar-day": f"{at('calendar')}?day={tomorrow.date()}", "post": at("post", Post.objects.first().pk)}.get(
        name
    ) or at(name)
    queries(client, url)
    few = queries(client, url)
    more(6)
    assert queries(client, url) == few
    assert few <= {"post": 16, "approvals": 18, "calendar-day": 14}.get(name, 13), few


BEGUN = "It leaves at once, where nothing holds it: this page says what becomes of it."


@pytest.mark.parametrize(("when", "told"), [("now", (BEGUN, "info")), ("at", ("Scheduled.", "success"))])
def test_it_is_told_what_was_chosen(cast: Cast, sign_in, when: str, told: tuple[str, str]) -> None:
    client = sign_in(cast.priya)
    answer = client.post(at("compose"), form(cast, when=when, do="go"), follow=True)
    assert told[0] in answer.content.decode()
    assert [(str(one), one.level_tag) for one in answer.context["messages"]] == [told]


@pytest.mark.parametrize("door", ["publish", "retry"])
def test_nothing_green_stands_beside_what_may_have_failed_by_then(cast: Cast, sign_in, write, door: str) -> None:
    client = sign_in(cast.priya)
    post = write(cast.priya, "Hello", cast.x)
    address = at("publish", post.pk)
    if door == "retry":
        delivery = publish_now(cast.priya, post).deliveries.get()
        Outgoing.objects.update(state="failed")
        address = at("retry", delivery.pk)
    answer = client.post(address, follow=True)
    assert [one.level_tag for one in answer.context["messages"]] == ["info"]
