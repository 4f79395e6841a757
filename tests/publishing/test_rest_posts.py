"""Posts over REST: what the contract says, and nothing stored when it says no."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from networks.models import Outgoing, Profile
from organizations.tenancy import scope
from publishing.models import Post
from tests.cast import Cast
from tests.rest.caller import caller
from tests.rest.test_problems import assert_problem

AT = (now() + timedelta(days=2)).replace(microsecond=0)


def stored(cast: Cast) -> tuple[int, int]:
    return (
        Post.unscoped.filter(organization=cast.acme).count(),
        Outgoing.unscoped.filter(organization=cast.acme).count(),
    )


def test_a_publisher_schedules_at_once(cast: Cast) -> None:
    answer = caller(cast.priya).post(
        "posts/",
        {
            "text": "Hello",
            "profiles": [cast.x.pk, cast.page.pk],
            "scheduled_at": AT.isoformat(),
            "variants": {"x": {"text": "Short"}},
        },
    )
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["state"], body["revision"]) == ("scheduled", 1)
    assert {d["profile"]: d["state"] for d in body["deliveries"]} == {cast.x.pk: "waiting", cast.page.pk: "waiting"}
    assert body["deliveries"][0]["due_at"] == AT.isoformat().replace("+00:00", "Z")
    texts = Outgoing.unscoped.filter(organization=cast.acme).values_list("profile__network", "draft__text")
    assert dict(texts) == {"x": "Short", "facebook": "Hello"}
    assert caller(cast.ana).get(f"posts/{body['id']}/").json()["deliveries"] == body["deliveries"]


def test_a_contributor_waits_in_review(cast: Cast) -> None:
    body = (
        caller(cast.ed)
        .post("posts/", {"text": "Hello", "profiles": [cast.x.pk], "scheduled_at": AT.isoformat()})
        .json()
    )
    assert (body["state"], body["deliveries"]) == ("in_review", [])
    assert caller(cast.ed).post(f"posts/{body['id']}/approve/").status_code == 403
    approved = caller(cast.ava).post(f"posts/{body['id']}/approve/", {"revision": 1})
    assert approved.json()["state"] == "scheduled"
    assert [d["state"] for d in approved.json()["deliveries"]] == ["waiting"]


def test_an_approval_is_taken_back(cast: Cast) -> None:
    """As by the page's *Undo*: by whoever gave it, until something has begun to leave."""
    ed, ava, lena = caller(cast.ed), caller(cast.ava), caller(cast.lena)
    body = ed.post("posts/", {"text": "Hello", "profiles": [cast.x.pk], "scheduled_at": AT.isoformat()}).json()
    path = f"posts/{body['id']}/unapprove/"
    assert_problem(ava.post(path), 409)  # there is none yet
    approved = ava.post(f"posts/{body['id']}/approve/")
    assert approved.json()["state"] == "scheduled"
    for other, status in ((ed, 403), (caller(cast.priya), 403), (lena, 409), (caller(cast.mallory), 404)):
        assert_problem(other.post(path), status)
    assert_problem(ava.post(path, **{"If-Match": '"stale"'}), 412)
    back = ava.post(path, **{"If-Match": approved["ETag"]})
    assert (back.status_code, back.json()["state"]) == (200, "in_review")
    assert [row["state"] for row in back.json()["deliveries"]] in ([], ["cancelled"])
    assert back["ETag"] == ava.get(f"posts/{body['id']}/")["ETag"]
    assert_problem(ava.post(path), 409)
    assert ava.post(f"posts/{body['id']}/approve/").json()["state"] == "scheduled"
    with scope(cast.acme):
        Outgoing.objects.exclude(state="cancelled").update(state="sending")
    assert_problem(ava.post(path), 409)


def test_a_policy_that_asks_for_approval_holds_even_an_owner(cast: Cast) -> None:
    Profile.unscoped.filter(pk=cast.x.pk).update(needs_approval=True)
    body = caller(cast.olive).post("posts/", {"text": "Hello", "profiles": [cast.x.pk], "publish_now": True}).json()
    assert body["state"] == "in_review"
    assert caller(cast.olive).post(f"posts/{body['id']}/approve/").status_code == 403
    assert caller(cast.ava).post(f"posts/{body['id']}/approve/").json()["state"] == "approved"
    assert (
        caller(cast.priya).post(f"posts/{body['id']}/schedule/", {"publish_now": True}).json()["state"] == "scheduled"
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "   "}, "text"),
        ({"text": "a\u0000b"}, "text"),
        ({"text": "a\u0007b"}, "text"),
        ({"text": "x" * 281}, "text"),
        ({"text": "x" * 20_000}, "text"),
        ({"text": 12}, "text"),
        ({"text": None}, "text"),
        ({"profiles": []}, "profiles"),
        ({"profiles": "1"}, "profiles"),
        ({"profiles": [99999999]}, "profiles"),
        ({"profiles": [2**70]}, "profiles.0"),
        ({"variants": {"x": {"text": "x" * 281}}}, "variants"),
        ({"variants": {"myspace": {"text": "x"}}}, "variants"),
        ({"variants": {"x": {"txt": "x"}}}, "variants.x.txt"),
        ({"scheduled_at": "tomorrow"}, "scheduled_at"),
        ({"scheduled_at": "2030-01-01T10:00:00"}, "scheduled_at"),
        ({"scheduled_at": "2020-01-01T10:00:00Z"}, "scheduled_at"),
        ({"scheduled_at": "2099-01-01T10:00:00Z"}, "scheduled_at"),
        ({"scheduled_at": 5}, "scheduled_at"),
        ({"publish_now": "yes"}, "publish_now"),
        ({"publish_now": True, "scheduled_at": "2027-01-01T10:00:00Z"}, "publish_now"),
        ({"time_zone": "Europe/Nowhere", "scheduled_at": "2027-01-01T10:00:00Z"}, "time_zone"),
        ({"surprise": 1}, "surprise"),
        ({"media": [999999]}, "media"),
    ],
)
def test_bad_input_is_named_and_nothing_is_stored(cast: Cast, change: dict, field: str) -> None:
    answer = caller(cast.olive).post("posts/", {"text": "Hello", "profiles": [cast.x.pk], **change})
    assert answer.status_code == 400, answer.content
    assert any(name == field or name.startswith(f"{field}.") for name in answer.json()["errors"]), answer.json()
    assert stored(cast) == (0, 0)


def test_foreign_profiles_look_as_if_they_did_not_exist(cast: Cast) -> None:
    foreign = caller(cast.olive).post("posts/", {"text": "Hello", "profiles": [cast.x.pk, cast.theirs.pk]})
    assert foreign.json()["errors"] == {"profiles": [f"There is no profile {cast.theirs.pk}."]}
    invisible = caller(cast.cole).post("posts/", {"text": "Hello", "profiles": [cast.page.pk]})
    assert (foreign.status_code, invisible.status_code) == (400, 400)
    assert stored(cast) == (0, 0)


@pytest.mark.parametrize("name", ["cole", "ana", "vic"])
def test_without_the_draft_right_nobody_writes(cast: Cast, name: str) -> None:
    answer = caller(getattr(cast, name)).post("posts/", {"text": "Hello", "profiles": [cast.x.pk]})
    assert answer.status_code == (400 if name == "vic" else 403)
    assert stored(cast) == (0, 0)


def test_a_foreign_member_finds_nothing(cast: Cast) -> None:
    body = caller(cast.priya).post("posts/", {"text": "Hello", "profiles": [cast.x.pk], "publish_now": True}).json()
    mallory, post, delivery = caller(cast.mallory), f"posts/{body['id']}/", f"deliveries/{body['deliveries'][0]['id']}/"
    assert mallory.get("posts/").json()["results"] == mallory.get("deliveries/").json()["results"] == []
    answers = [mallory.get(post), mallory.patch(post, {"text": "x"}), mallory.delete(post), mallory.get(delivery)]
    answers += [mallory.post(f"{post}{verb}/") for verb in ("submit", "approve", "reject", "schedule")]
    answers += [mallory.post(f"{delivery}{verb}/") for verb in ("retry", "resolve", "cancel")]
    assert {answer.status_code for answer in answers} == {404}


def test_an_edit_replaces_what_waits(cast: Cast) -> None:
    priya = caller(cast.priya)
    made = priya.post("posts/", {"text": "One", "profiles": [cast.x.pk], "scheduled_at": AT.isoformat()}).json()
    edited = priya.patch(f"posts/{made['id']}/", {"text": "Two"}).json()
    assert (edited["state"], edited["revision"], len(edited["deliveries"])) == ("scheduled", 2, 1)
    rows = Outgoing.unscoped.filter(organization=cast.acme).order_by("pk").values_list("state", "draft__text")
    assert list(rows) == [("cancelled", "One"), ("waiting", "Two")]


def test_delete_cancels_what_has_not_left(cast: Cast) -> None:
    priya = caller(cast.priya)
    body = {"text": "One", "profiles": [cast.x.pk, cast.page.pk], "scheduled_at": AT.isoformat()}
    made = priya.post("posts/", body).json()
    Outgoing.unscoped.filter(delivery=made["deliveries"][0]["id"]).update(state="sent", sent_at=now())
    gone = priya.delete(f"posts/{made['id']}/")
    assert gone.status_code == 200
    assert (gone.json()["state"], [d["state"] for d in gone.json()["deliveries"]]) == (
        "cancelled",
        ["sent", "cancelled"],
    )


def test_lists_are_filtered_and_paged(cast: Cast, django_assert_max_num_queries) -> None:
    priya = caller(cast.priya)
    for number in range(5):
        at = (AT + timedelta(hours=number)).isoformat()
        body = {"text": f"Post {number}", "profiles": [cast.x.pk, cast.page.pk], "scheduled_at": at}
        assert priya.post("posts/", body).status_code == 201
    first = priya.get("posts/?limit=2").json()
    assert [post["text"] for post in first["results"]] == ["Post 4", "Post 3"]
    second = priya.client.get(first["next"], headers={"Authorization": f"Bearer {priya.secret}"}).json()
    assert [post["text"] for post in second["results"]] == ["Post 2", "Post 1"]
    due = AT + timedelta(hours=1, minutes=1)
    found = priya.get(f"deliveries/?state=waiting&profile={cast.x.pk}&due_before={due.isoformat()[:-6]}Z").json()
    assert len(found["results"]) == 2
    for wrong in ("state=gone", "profile=x", "due_before=2027-01-01T00:00:00", "colour=red"):
        assert priya.get(f"deliveries/?{wrong}").status_code == 400
    with django_assert_max_num_queries(16):
        priya.get("posts/")


def test_deliveries_are_resolved_by_a_person(cast: Cast) -> None:
    priya = caller(cast.priya)
    made = priya.post("posts/", {"text": "One", "profiles": [cast.x.pk], "scheduled_at": AT.isoformat()}).json()
    path = f"deliveries/{made['deliveries'][0]['id']}/"
    assert priya.post(f"{path}resolve/", {"there": True, "remote_id": "77"}).status_code == 409
    Outgoing.unscoped.filter(organization=cast.acme).update(state="unknown", needs_person=True)
    assert priya.post(f"{path}resolve/", {"there": True, "permalink": "javascript:alert(1)"}).status_code == 400
    assert caller(cast.ed).post(f"{path}resolve/", {"there": True, "remote_id": "77"}).status_code == 403
    told = priya.post(f"{path}resolve/", {"there": True, "permalink": "https://x.com/acme/status/778"}).json()
    assert (told["state"], told["remote_id"]) == ("sent", "778")
    assert told["attempts"][0]["kind"] == "person"


def test_what_is_left_as_it_is_waits_for_nobody(cast: Cast) -> None:
    priya = caller(cast.priya)
    made = priya.post("posts/", {"text": "One", "profiles": [cast.x.pk], "scheduled_at": AT.isoformat()}).json()
    Outgoing.unscoped.filter(organization=cast.acme).update(state="unknown", needs_person=True)
    left = priya.post(f"deliveries/{made['deliveries'][0]['id']}/cancel/").json()
    assert (left["state"], left["needs_person"]) == ("cancelled", False)
