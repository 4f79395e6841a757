"""Whose conversation it is, and who may say so."""

import pytest

from inbox.access import access_conversation, conversations_for
from inbox.actions.assign import assign_conversation
from inbox.actions.ingest import ingest
from inbox.actions.triage import close_conversation, reopen_conversation
from inbox.models import Conversation
from organizations.models import AuditEntry
from socialops.lib.errors import Conflict, Invalid, NotFound, PermissionDenied
from teams.actions.teams import create_team
from tests.cast import Cast
from tests.inbox.talk import only_conversation, says

pytestmark = pytest.mark.usefixtures("in_acme")


@pytest.fixture
def conversation(cast: Cast) -> Conversation:
    ingest(cast.x, [says()])
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


def test_only_to_those_who_can_see_it(cast: Cast, conversation: Conversation) -> None:
    with pytest.raises(Invalid) as refusal:
        assign_conversation(cast.olive, conversation, member=cast.vic)
    assert list(refusal.value.fields) == ["member"]
    with pytest.raises(Invalid) as refusal:
        assign_conversation(cast.olive, conversation, team=create_team(cast.olive, name="Elsewhere"))
    assert list(refusal.value.fields) == ["team"]


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
    ingest(cast.x, [says("For Cole")])
    ingest(cast.page, [says("Not for Cole")])
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
