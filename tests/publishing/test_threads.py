"""Threads and first comments: written, checked, sent as one, shown part by part, deleted after publishing."""

import json

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict, Invalid
from networks.models import Attempt, Outgoing
from publishing.actions.deliveries import cancel_delivery, resolve_delivery, retry_delivery
from publishing.actions.schedule import cancel_post, move_post, schedule_post
from publishing.composing.threads import VariantWording
from publishing.models import Post
from tests.cast import Cast
from tests.posts import create_post, edit_post
from tests.publishing.parts import THREAD, at, delivery, rows, settle
from tests.rest.caller import caller


def test_each_network_gets_it_as_it_can(cast: Cast, write, tomorrow) -> None:
    post = schedule_post(cast.priya, write(cast.priya, "One", **THREAD), at=tomorrow)
    assert rows(post) == [
        ("x", 1, "waiting", "One"),
        ("x", 2, "waiting", "Two"),
        ("x", 3, "waiting", "Three"),
        ("x", 4, "waiting", "The link"),
        ("facebook", 1, "waiting", "One\n\nTwo\n\nThree"),
        ("facebook", 2, "waiting", "The link"),
    ]
    assert list(Outgoing.objects.filter(part__gt=1).values_list("held", flat=True).distinct()) == ["chain"]


def test_a_networks_own_wording_takes_the_place_of_the_thread(cast: Cast, write, tomorrow) -> None:
    post = write(cast.priya, "One", cast.x, variants={"x": VariantWording("Only this", ())}, **THREAD)
    schedule_post(cast.priya, post, at=tomorrow)
    assert [row[3] for row in rows(post)] == ["Only this", "The link"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"thread": [""]}, "thread"),
        ({"thread": ["fine", " \n "]}, "thread"),
        ({"thread": ["a\0b"]}, "thread"),
        ({"thread": ["x" * 281]}, "thread"),
        ({"thread": ["x" * 10_001]}, "thread"),
        ({"thread": ["x"] * 100}, "thread"),
        ({"first_comment": "x" * 281}, "first_comment"),
        ({"first_comment": "\x07"}, "first_comment"),
    ],
)
def test_every_part_is_checked(cast: Cast, in_acme, more: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        create_post(cast.priya, text="One", profiles=[cast.x.pk], **more)
    assert list(refused.value.fields) == [field]


def test_an_edit_keeps_or_changes_the_thread_in_a_new_revision(cast: Cast, write) -> None:
    post = write(cast.ed, "One", cast.x, **THREAD)
    kept = edit_post(cast.ed, post, text="Uno")
    assert (kept.revision.number, kept.revision.parts, kept.revision.first_comment) == (2, ["Two", "Three"], "The link")
    shorter = edit_post(cast.ed, post, thread=[], first_comment="")
    assert (shorter.revision.number, shorter.revision.parts, shorter.revision.first_comment) == (3, [], "")
    assert edit_post(cast.ed, post, thread=[]).revision.number == 3


def test_moving_cancelling_and_editing_take_the_thread_as_one(cast: Cast, write, tomorrow) -> None:
    post = schedule_post(cast.priya, write(cast.priya, "One", cast.x, **THREAD), at=tomorrow)
    later = tomorrow.replace(hour=(tomorrow.hour + 1) % 24)
    move_post(cast.priya, post, at=later)
    assert set(Outgoing.objects.values_list("due_at", "planned_at")) == {(later, later)}
    edit_post(cast.priya, post, thread=["Else"])
    assert {row[2] for row in rows(post)} == {"cancelled"}
    again = schedule_post(cast.priya, post, at=tomorrow)
    cancel_post(cast.priya, again)
    assert {row[2] for row in rows(post)} == {"cancelled"}


def test_cancelling_what_has_begun_stops_the_rest(cast: Cast, posted: Post) -> None:
    settle(1, "sent")
    cancel_post(cast.priya, posted)
    assert [row[2] for row in rows(posted)] == ["sent", "cancelled", "cancelled"]


def test_what_has_partly_left_is_not_edited(cast: Cast, posted: Post) -> None:
    settle(1, "sent")
    with pytest.raises(Conflict):
        edit_post(cast.priya, posted, text="Other")
    cancel_delivery(cast.priya, delivery(posted))
    with pytest.raises(Conflict):
        edit_post(cast.priya, posted, text="Other")
    assert [row[2] for row in rows(posted)] == ["sent", "cancelled", "cancelled"]


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (("waiting",), "waiting"),
        (("sent",), "partly"),
        (("sent", "failed"), "failed"),
        (("sent", "unknown"), "unknown"),
        (("sent", "sent"), "partly"),
        (("sent", "sent", "sent"), "sent"),
        (("failed",), "failed"),
    ],
)
def test_it_counts_as_sent_when_all_of_it_is(cast: Cast, posted: Post, states: tuple[str, ...], told: str) -> None:
    for part, state in enumerate(states, start=1):
        settle(part, state)
    body = caller(cast.priya).get(f"posts/{posted.pk}/").json()
    (shape,) = body["deliveries"]
    assert shape["state"] == told
    assert [part["part"] for part in shape["parts"]] == [1, 2, 3]
    assert body["thread"] == ["Two", "Three"]
    found = caller(cast.priya).get(f"deliveries/?state={told}").json()["results"]
    assert [one["id"] for one in found] == [shape["id"]]
    other = "failed" if told != "failed" else "sent"
    assert caller(cast.priya).get(f"deliveries/?state={other}").json()["results"] == []


def test_a_part_that_failed_is_tried_again_and_one_that_is_not_known_decided(cast: Cast, posted: Post) -> None:
    settle(1, "sent")
    settle(2, "failed", reason="X refused this.")
    shape = caller(cast.priya).get(f"deliveries/{delivery(posted).pk}/").json()
    assert shape["error"] == "X refused this."
    assert [part["error"] for part in shape["parts"]] == [None, "X refused this.", "It waits for part 2, which failed."]
    retry_delivery(cast.priya, delivery(posted))
    assert [row[2] for row in rows(posted)] == ["sent", "waiting", "waiting"]
    settle(2, "unknown", needs_person=True)
    with pytest.raises(Invalid):
        resolve_delivery(cast.priya, delivery(posted), there=True, permalink="https://x.com/acme/status/901")
    resolve_delivery(cast.priya, delivery(posted), there=True, permalink="https://x.com/acme/status/955")
    assert [row[2] for row in rows(posted)] == ["sent", "sent", "waiting"]
    assert Outgoing.objects.get(part=3).held == ""


def test_the_page_tells_each_part_and_what_can_be_done(cast: Cast, posted: Post, sign_in) -> None:
    settle(1, "sent")
    row = settle(2, "failed", reason="X refused this.")
    Attempt.objects.create(
        outgoing=row, kind="send", worker="w", started_at=now(), finished_at=now(), outcome="refused"
    )
    page = sign_in(cast.priya).get(at("post", posted.pk)).content.decode()
    for words in (
        "Partly sent (1 of 3)",
        "See part 1",
        "It waits for part 2, which failed.",
        "Try again now",
        "Part 2",
    ):
        assert words in page
    assert "Delete from X" in page
    cancel_delivery(cast.priya, delivery(posted))
    page = sign_in(cast.priya).get(at("post", posted.pk)).content.decode()
    assert "The rest was cancelled" in page
    assert "Delete from X" not in sign_in(cast.ed).get(at("post", posted.pk)).content.decode()


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_a_thread_that_needs_somebody_is_among_what_does(cast: Cast, posted: Post, sign_in, state: str) -> None:
    settle(1, "sent")
    settle(2, state, needs_person=True, reason="Look at part two.")
    client = sign_in(cast.priya)
    assert f"/posts/{posted.pk}/" in client.get(f"{at('posts')}?state={state}").content.decode()
    assert "Look at part two." in client.get("/o/acme/").content.decode()
    assert f"/posts/{posted.pk}/" not in client.get(f"{at('posts')}?state=held").content.decode()


def test_threads_over_rest(cast: Cast) -> None:
    priya = caller(cast.priya)
    body = {"text": "One", "profiles": [cast.x.pk], "publish_now": True, **THREAD}
    made = priya.post("posts/", body)
    assert made.status_code == 201, made.content
    assert [part["text"] for part in made.json()["deliveries"][0]["parts"]] == ["One", "Two", "Three", "The link"]
    for wrong in ("Two", [1], [None], [["a"]], [""], ["x"] * 100, {"2": "Two"}, ["\0"]):
        refused = priya.post("posts/", {**body, "thread": wrong})
        assert refused.status_code == 400, wrong
    for wrong in (7, None, ["a"], "x" * 20_000):
        assert priya.post("posts/", {**body, "first_comment": wrong}).status_code == 400
    assert priya.post("posts/", {**body, "thread": []}).status_code == 201
    assert Post.unscoped.filter(organization=cast.acme).count() == 2


def test_25_megabytes_are_refused(cast: Cast) -> None:
    body = json.dumps({"text": "One", "profiles": [cast.x.pk], "thread": ["x" * 25_000_000]})
    assert caller(cast.priya).post("posts/", body).status_code in (400, 413)
    assert not Post.unscoped.filter(organization=cast.acme).exists()
