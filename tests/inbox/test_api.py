"""The inbox for programs."""

import pytest

from inbox.actions.ingest import ingest_inbound
from inbox.models import Conversation, Message
from networks.models import Outgoing
from organizations.tenancy import scope
from tests.cast import Cast
from tests.inbox.talk import EVE, our_post, says
from tests.rest.caller import caller


@pytest.fixture
def threads(cast: Cast) -> list[Conversation]:
    with scope(cast.acme):
        ingest_inbound(
            cast.x,
            [
                says("My parcel is late", remote_id="1", minute=0),
                says("Still late", remote_id="2", parent="1", minute=1),
                says("Lovely shop", minute=2, author=EVE),
            ],
        )
        our_post(cast.page, "post")
        ingest_inbound(cast.page, [says("A comment", minute=3, parent="post", root="post")])
        return list(Conversation.objects.order_by("last_message_at"))


def test_a_conversation_and_its_messages(cast: Cast, threads: list[Conversation]) -> None:
    cole = caller(cast.cole)
    shown = cole.get(f"conversations/{threads[0].pk}/").json()
    assert {name: shown[name] for name in ("kind", "profile", "state", "assignee", "team", "priority", "sla")} == {
        "kind": "mention",
        "profile": cast.x.pk,
        "state": "open",
        "assignee": None,
        "team": None,
        "priority": "normal",
        "sla": {"first_response_due": None, "breached": None},
    }
    assert (shown["contact"]["handle"], shown["message_count"]) == ("bob", 2)
    newest, oldest = cole.get(f"conversations/{threads[0].pk}/messages/").json()["results"]
    assert newest["id"] == shown["last_message_id"]
    assert (oldest["remote_id"], oldest["direction"], oldest["text"], oldest["state"]) == (
        "1",
        "in",
        "My parcel is late",
        None,
    )
    assert oldest["author"]["name"] == "Bob Stone"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [2, 1, 0]),
        ("state=open", [2, 1, 0]),
        ("state=closed", []),
        ("assignee=none", [2, 1]),
        ("assignee=me", [0]),
        ("kind=reply", [2]),
        ("profile=%x", [1, 0]),
        ("team=999999", []),
        ("q=parcel", [0]),
        ("q=parc", [0]),
        ("q=late+parcel", [0]),
        ("q=lovely+parcel", []),
        ("q=eve", [1]),
        ("q=@ev", [1]),
        ("q=%25%27%26!", []),
        ("limit=1", [2]),
    ],
)
def test_filters(cast: Cast, threads: list[Conversation], query: str, found: list[int]) -> None:
    lena = caller(cast.lena)
    lena.post(f"conversations/{threads[0].pk}/assign/", {"member": cast.lena.pk})
    answer = lena.get(f"conversations/?{query.replace('%x', str(cast.x.pk))}").json()
    assert [row["id"] for row in answer["results"]] == [threads[index].pk for index in found]


@pytest.mark.parametrize("query", ["state=lost", "assignee=you", "team=x", "profile=-1", "kind=letter", "q=%00"])
def test_a_filter_that_makes_no_sense_is_named(cast: Cast, query: str) -> None:
    answer = caller(cast.lena).get(f"conversations/?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [query.partition("=")[0]]


def test_pages_follow_each_other(cast: Cast, threads: list[Conversation]) -> None:
    lena = caller(cast.lena)
    found, path = [], "conversations/?limit=1"
    while path:
        answer = lena.get(path).json()
        found += [row["id"] for row in answer["results"]]
        path = answer["next"] and answer["next"].partition("/api/v1/")[2]
    assert found == [threads[index].pk for index in (2, 1, 0)]


def test_reply_and_being_too_late(cast: Cast, threads: list[Conversation]) -> None:
    path, seen = f"conversations/{threads[0].pk}/reply/", threads[0].last_message_id
    answer = caller(cast.cole).post(path, {"text": "On its way", "seen": seen})
    assert answer.status_code == 201
    assert (answer.json()["direction"], answer.json()["state"], answer.json()["author"]["member"]) == (
        "out",
        "waiting",
        cast.cole.pk,
    )
    late = caller(cast.lena).post(path, {"text": "Sorry!", "seen": seen})
    assert late.status_code == 409
    assert [row["text"] for row in late.json()["newer"]] == ["On its way"]
    with scope(cast.acme):
        assert Outgoing.objects.count() == 1


def test_the_same_key_answers_once(cast: Cast, threads: list[Conversation]) -> None:
    cole = caller(cast.cole)
    body = {"text": "On its way", "seen": threads[0].last_message_id}
    first, again = (
        cole.post(f"conversations/{threads[0].pk}/reply/", body, **{"Idempotency-Key": "k1"}) for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    with scope(cast.acme):
        assert Message.objects.filter(direction="out").count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"seen": "%"}, "text"),
        ({"text": "", "seen": "%"}, "text"),
        ({"text": "x" * 281, "seen": "%"}, "text"),
        ({"text": "a\0", "seen": "%"}, "text"),
        ({"text": "a"}, "seen"),
        ({"text": "a", "seen": 10**30}, "seen"),
        ({"text": "a", "seen": 1}, "seen"),
        ({"text": "a", "seen": "%", "to": "all"}, "to"),
    ],
)
def test_a_bad_reply_is_named(cast: Cast, threads: list[Conversation], body: dict, field: str) -> None:
    sent = {name: threads[0].last_message_id if value == "%" else value for name, value in body.items()}
    answer = caller(cast.cole).post(f"conversations/{threads[0].pk}/reply/", sent)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_assign_close_and_reopen(cast: Cast, threads: list[Conversation]) -> None:
    cole, path = caller(cast.cole), f"conversations/{threads[0].pk}"
    assert cole.post(f"{path}/assign/", {"member": cast.lena.pk}).json()["assignee"] == cast.lena.pk
    shown = cole.post(f"{path}/assign/", {"team": cast.team.pk}).json()
    assert (shown["assignee"], shown["team"]) == (None, cast.team.pk)
    assert cole.post(f"{path}/assign/", {"member": None}).json()["team"] is None
    assert cole.post(f"{path}/close/").json()["state"] == "closed"
    assert cole.post(f"{path}/close/").status_code == 409
    assert cole.post(f"{path}/reopen/").json()["state"] == "open"


def test_nothing_is_closed_that_was_not_read(cast: Cast, threads: list[Conversation]) -> None:
    cole, path = caller(cast.cole), f"conversations/{threads[1].pk}/close/"
    read = threads[1].last_message_id
    with scope(cast.acme):
        parent = Message.objects.get(pk=read).remote_id
        ingest_inbound(cast.x, [says("And one more thing", remote_id="more", parent=parent, minute=9)])
    refused = cole.post(path, {"seen": read})
    assert (refused.status_code, "came in meanwhile" in refused.json()["detail"]) == (409, True)
    assert cole.post(path, {"seen": read + 10**6}).json()["state"] == "closed"
    assert cole.post(path, {"seen": "x"}).status_code == 400


@pytest.mark.parametrize("body", [{}, {"member": "x"}, {"member": 10**30}, {"nobody": 1}])
def test_a_bad_assignment_is_named(cast: Cast, threads: list[Conversation], body: dict) -> None:
    assert caller(cast.cole).post(f"conversations/{threads[0].pk}/assign/", body).status_code == 400


def test_only_to_people_from_here_who_can_see_it(cast: Cast, threads: list[Conversation]) -> None:
    for pk in (cast.mallory.pk, cast.vic.pk):
        answer = caller(cast.cole).post(f"conversations/{threads[0].pk}/assign/", {"member": pk})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["member"])


CALLS = ("", "messages/", "reply/", "assign/", "close/", "reopen/")


@pytest.mark.parametrize("call", CALLS)
def test_mallory_finds_nothing(cast: Cast, threads: list[Conversation], call: str) -> None:
    mallory, path = caller(cast.mallory), f"conversations/{threads[0].pk}/{call}"
    body = {"text": "x", "seen": threads[0].last_message_id} if call == "reply/" else {}
    answer = mallory.get(path) if call in ("", "messages/") else mallory.post(path, body)
    assert answer.status_code == 404
    assert mallory.get("conversations/").json()["results"] == []


@pytest.mark.parametrize(("name", "status"), [("ed", 403), ("ana", 403), ("vic", 404), ("cole", 404), ("lena", 200)])
def test_who_may_close_what_came_to_the_page(cast: Cast, threads: list[Conversation], name: str, status: int) -> None:
    assert caller(getattr(cast, name)).post(f"conversations/{threads[2].pk}/close/").status_code == status
