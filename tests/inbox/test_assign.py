"""Whose conversation it is, and who may say so."""

import pytest

from foundation.errors import Conflict, Invalid, NotFound, PermissionDenied
from inbox.access import access_conversation, conversations_for
from inbox.actions.assign import assign_conversation
from inbox.actions.ingest import ingest_inbound
from inbox.actions.triage import close_conversation, reopen_conversation
from inbox.models import Conversation
from inbox.queries.conversation_thread import members_who_answer, teams_who_answer
from organizations.models import AuditEntry
from teams.actions.grants import set_grants
from teams.actions.teams import create_team
from tests.cast import Cast
from tests.inbox.talk import only_conversation, says
from tests.rest.caller import caller

pytestmark = pytest.mark.usefixtures("in_acme")


@pytest.fixture
def conversation(cast: Cast) -> Conversation:
    ingest_inbound(cast.x, [says()])
    return only_conversation()


def test_to_a_colleague_a_team_and_nobody(cast: Cast, conversation: Conversation) -> None:
    assign_conversation(cast.cole, conversation, member=cast.cole)
    assert only_conversation().assignee == cast.cole
    assign_conversation(cast.cole, conversation, team=cast.team)
    assert (only_conversation().assignee, only_conversation().team) == (None, cast.team)
    assign_conversation(cast.cole, conversation)
    assert (only_conversation().assignee, only_conversation().team) == (None, None)


def test_the_same_again_is_no_news(cast: Cast, conversation: Conversation) -> None:
    assign_conversation(cast.cole, conversation, member=cast.cole)
    assign_conversation(cast.cole, conversation, member=cast.cole)
    entry = AuditEntry.objects.get(verb="conversation.assigned")
    assert entry.change == {"assignee": [None, "Cole"]}


def test_only_to_those_who_may_answer_it(cast: Cast, conversation: Conversation) -> None:
    readers = create_team(cast.olive, name="Readers", members=[cast.ed.pk], profiles=[cast.x.pk])
    elsewhere = create_team(cast.olive, name="Elsewhere", members=[cast.cole.pk])
    for wrong in ({"member": cast.vic}, {"member": cast.ed}, {"team": readers}, {"team": elsewhere}):
        with pytest.raises(Invalid) as refusal:
            assign_conversation(cast.olive, conversation, **wrong)
        assert list(refusal.value.fields) == list(wrong)
        [(field, given)] = wrong.items()
        answer = caller(cast.olive).post(f"conversations/{conversation.pk}/assign/", {field: given.pk})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    offered = members_who_answer(cast.x), teams_who_answer(cast.x)
    assert [{one.name for one in rows} for rows in offered] == [{"Cole", "Lena", cast.olive.name}, {"Care"}]


@pytest.fixture
def stranded(cast: Cast, conversation: Conversation) -> Conversation:
    """Given to Cole, who may only look since."""
    assign_conversation(cast.lena, conversation, member=cast.cole)
    Conversation.objects.filter(pk=conversation.pk).update(team=cast.team)
    set_grants(cast.olive, cast.x, members={cast.cole.pk: {"view"}})
    return only_conversation()


@pytest.mark.parametrize("door", ["page", "rest"])
def test_who_was_given_it_can_give_it_back(cast: Cast, stranded: Conversation, door: str, sign_in) -> None:
    browser, path = sign_in(cast.cole), f"/o/acme/inbox/{stranded.pk}/"
    assert "Give it back" in browser.get("/o/acme/").content.decode(), "and not: Answer"
    assert "give-back-button" in browser.get(path).content.decode()
    if door == "page":
        refused = browser.post(f"{path}assign/", {"member": cast.lena.pk})
        given_back = browser.post(f"{path}assign/", {"member": ""}, follow=True)
        assert "give-back-button" not in given_back.content.decode()
    else:
        path = f"conversations/{stranded.pk}/assign/"
        refused = caller(cast.cole).post(path, {"member": cast.lena.pk})
        given_back = caller(cast.cole).post(path, {"member": None})
    assert (refused.status_code, given_back.status_code) == (403, 200)
    assert (only_conversation().assignee, only_conversation().team) == (None, cast.team), "it was not theirs to take"
    with pytest.raises(PermissionDenied):
        assign_conversation(cast.cole, only_conversation())


def test_nobody_gives_back_what_somebody_else_was_given_meanwhile(cast: Cast, stranded: Conversation) -> None:
    Conversation.objects.filter(pk=stranded.pk).update(assignee=cast.lena)
    with pytest.raises(PermissionDenied):
        assign_conversation(cast.cole, stranded)
    assert only_conversation().assignee == cast.lena


@pytest.mark.parametrize(
    ("name", "verbs"),
    [
        ("olive", {"view", "reply", "close", "assign"}),
        ("lena", {"view", "reply", "close", "assign"}),
        ("cole", {"view", "reply", "close", "assign"}),
        ("ed", {"view"}),
        ("priya", {"view"}),
        ("ava", {"view"}),
        ("ana", {"view"}),
        ("vic", set()),
    ],
)
def test_who_may_what(cast: Cast, conversation: Conversation, name: str, verbs: set[str]) -> None:
    actor = getattr(cast, name)
    refusal = PermissionDenied if verbs else NotFound
    for verb in ("view", "reply", "close", "assign"):
        if verb in verbs:
            assert access_conversation(actor, conversation.pk, to=verb) == conversation
        else:
            with pytest.raises(refusal):
                access_conversation(actor, conversation.pk, to=verb)


def test_a_leader_assigns_without_the_right_to_reply(cast: Cast, conversation: Conversation) -> None:
    create_team(cast.olive, name="Led by Ed", leaders=[cast.ed.pk], profiles=[cast.x.pk])
    assert assign_conversation(cast.ed, conversation, member=cast.cole).assignee == cast.cole
    with pytest.raises(PermissionDenied):
        close_conversation(cast.ed, conversation)


def test_cole_sees_his_profile_alone(cast: Cast) -> None:
    ingest_inbound(cast.x, [says("For Cole")])
    ingest_inbound(cast.page, [says("Not for Cole")])
    assert [one.profile for one in conversations_for(cast.cole)] == [cast.x]
    with pytest.raises(NotFound):
        access_conversation(cast.cole, Conversation.objects.get(profile=cast.page).pk)


def test_close_and_reopen(cast: Cast, conversation: Conversation) -> None:
    assert close_conversation(cast.cole, conversation).state == "closed"
    with pytest.raises(Conflict):
        close_conversation(cast.cole, only_conversation())
    assert reopen_conversation(cast.cole, conversation).state == "open"
    assert list(
        AuditEntry.objects.filter(verb__startswith="conversation").order_by("pk").values_list("verb", flat=True)
    ) == [
        "conversation.closed",
        "conversation.reopened",
    ]
