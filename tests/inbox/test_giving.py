"""To whom conversations are given, handed over and closed: what is written down, told and refused."""

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict, Invalid, PermissionDenied
from foundation.overtaking import Overtaken
from inbox.actions.assign import assign_conversation
from inbox.actions.conversation_handover import hand_over_conversations
from inbox.actions.ingest import ingest_inbound
from inbox.actions.triage import close_conversation, has_unread, reopen_conversation
from inbox.models import Conversation, Message
from organizations.models import AuditEntry, Member, Notification
from organizations.people.member_handover import Handover
from teams.actions.teams import create_team
from tests.cast import Cast
from tests.inbox.talk import EVE, only_conversation, says

pytestmark = pytest.mark.usefixtures("in_acme")


def entry(verb: str) -> AuditEntry:
    return AuditEntry.objects.get(verb=verb)


class TestGiving:
    def test_is_written_down_told_and_sent_to_whoever_gets_it(self, cast: Cast, question: Message, hints) -> None:
        conversation = only_conversation()
        assign_conversation(cast.lena, conversation, member=cast.cole, team=cast.team)
        assert (conversation.assignee, conversation.team) == (cast.cole, cast.team)
        found = entry("conversation.assigned")
        assert (found.actor_id, found.target_id, found.change) == (
            cast.lena.pk,
            str(conversation.pk),
            {"assignee": [None, "Cole"], "team": [None, "Care"]},
        )
        assert Notification.objects.get().member == cast.cole
        assert (cast.acme.pk, "inbox", conversation.pk, cast.x.pk, None) in hints

    def test_a_team_that_gets_it_is_told_member_by_member(self, cast: Cast, question: Message) -> None:
        assign_conversation(cast.lena, only_conversation(), team=cast.team)
        told = Notification.objects.filter(kind="conversation_given_team")
        assert {one.member for one in told} == {cast.cole, cast.priya, cast.ed}

    def test_who_leads_without_answering_takes_it_from_everybody(self, cast: Cast, question: Message) -> None:
        create_team(cast.olive, name="Led by Ed", leaders=[cast.ed.pk], profiles=[cast.x.pk])
        Conversation.objects.update(assignee=cast.cole, team=cast.team)
        assign_conversation(cast.ed, only_conversation())
        assert (only_conversation().assignee, only_conversation().team) == (None, None)

    def test_whoever_has_left_or_may_not_answer_is_named(self, cast: Cast, question: Message) -> None:
        Member.objects.filter(pk=cast.cole.pk).update(left_at=now())
        for given, said in (
            ({"member": cast.cole}, {"member": ["Cole has left."]}),
            ({"member": cast.ed}, {"member": ["Ed may not answer as Acme."]}),
        ):
            with pytest.raises(Invalid) as refused:
                assign_conversation(cast.lena, only_conversation(), **given)
            assert refused.value.fields == said

    def test_what_was_decided_meanwhile_is_not_overwritten(self, cast: Cast, question: Message) -> None:
        conversation = only_conversation()
        seen = conversation.mark
        assign_conversation(cast.lena, conversation, member=cast.cole, seen=seen)
        with pytest.raises(Overtaken):
            assign_conversation(cast.lena, conversation, member=cast.lena, seen=seen)
        assert only_conversation().assignee == cast.cole

    def test_one_who_may_not_assign_gives_back_to_the_team_and_no_further(self, cast: Cast, question: Message) -> None:
        Conversation.objects.update(assignee=cast.ed, team=cast.team)
        with pytest.raises(PermissionDenied):
            assign_conversation(cast.ed, only_conversation(), member=cast.cole)
        conversation = assign_conversation(cast.ed, only_conversation())
        assert (conversation.assignee, conversation.team) == (None, cast.team)
        assert (only_conversation().assignee, only_conversation().team) == (None, cast.team)
        with pytest.raises(PermissionDenied):
            assign_conversation(cast.ed, only_conversation())
        assign_conversation(cast.cole, only_conversation())
        assert only_conversation().team is None


class TestHandingOver:
    def handed(self, cast: Cast, successor: Member) -> None:
        hand_over_conversations(cast.olive, Handover(cast.cole, successor, cast.olive))

    def test_goes_to_the_successor_where_they_may_answer_and_else_to_the_fallback(self, cast: Cast, hints) -> None:
        for profile in (cast.x, cast.page, cast.page):
            ingest_inbound(profile, [says()])
        ingest_inbound(cast.x, [says()])
        mine = Conversation.objects.filter(profile=cast.x).latest("pk")
        Conversation.objects.exclude(pk=mine.pk).update(assignee=cast.cole)
        hints.clear()
        self.handed(cast, cast.ed)
        assert Conversation.objects.filter(assignee=cast.olive).count() == 3
        found = entry("conversations.handed_over")
        assert (found.actor_id, found.target_id, found.change) == (
            cast.olive.pk,
            str(cast.cole.pk),
            {"olive@acme.example": 3},
        )
        assert hints == [(cast.acme.pk, "inbox", "", None, None)]

    def test_is_counted_for_each(self, cast: Cast, hints) -> None:
        from teams.actions.grants import set_grants

        set_grants(cast.olive, cast.page, members={cast.lena.pk: ["view"]})
        for profile in (cast.x, cast.page, cast.page):
            ingest_inbound(profile, [says()])
        Conversation.objects.update(assignee=cast.cole)
        self.handed(cast, cast.lena)
        assert entry("conversations.handed_over").change == {"Lena": 1, "olive@acme.example": 2}
        Conversation.objects.update(assignee=cast.cole)
        self.handed(cast, cast.olive)
        assert AuditEntry.objects.latest("pk").change == {"olive@acme.example": 3}

    def test_goes_to_whoever_was_named_for_it_before_the_successor(self, cast: Cast, question: Message) -> None:
        Conversation.objects.update(assignee=cast.cole)
        named = Handover(cast.cole, cast.ed, cast.olive, by_kind={"conversations": cast.lena})
        hand_over_conversations(cast.olive, named)
        assert only_conversation().assignee == cast.lena

    def test_of_nothing_is_no_news(self, cast: Cast, question: Message, hints) -> None:
        hints.clear()
        self.handed(cast, cast.lena)
        assert hints == []
        assert not AuditEntry.objects.filter(verb="conversations.handed_over").exists()


class TestClosing:
    def test_and_reopening_are_written_down_and_told(self, cast: Cast, question: Message, hints) -> None:
        conversation = only_conversation()
        hints.clear()
        assert close_conversation(cast.cole, conversation, seen=conversation.mark, read=question.pk).state == "closed"
        assert entry("conversation.closed").change == {"state": ["open", "closed"]}
        assert reopen_conversation(cast.cole, conversation, seen=conversation.mark).state == "open"
        assert entry("conversation.reopened").change == {"state": ["closed", "open"]}
        assert entry("conversation.reopened").actor_id == cast.cole.pk
        assert entry("conversation.reopened").target_id == str(conversation.pk)
        assert hints == [(cast.acme.pk, "inbox", conversation.pk, cast.x.pk, None)] * 2

    def test_what_was_decided_or_came_in_meanwhile_stands_in_the_way(self, cast: Cast, question: Message) -> None:
        conversation = only_conversation()
        seen = conversation.mark
        Conversation.objects.update(assignee=cast.lena)
        for turn in (close_conversation, reopen_conversation):
            with pytest.raises(Overtaken):
                turn(cast.cole, conversation, seen=seen)
        with pytest.raises(Conflict) as refused:
            close_conversation(cast.cole, conversation, read=question.pk - 1)
        assert refused.value.user_message == ("Something new came in meanwhile. Read it, then close the conversation.")
        with pytest.raises(PermissionDenied):
            close_conversation(cast.ed, conversation)
        assert close_conversation(cast.cole, conversation).state == "closed"

    def test_only_what_they_wrote_there_is_unread(self, cast: Cast, question: Message, answer: Message) -> None:
        conversation = only_conversation()
        ingest_inbound(cast.x, [says("Elsewhere", author=EVE)])
        assert has_unread(conversation, question.pk) is False
        assert has_unread(conversation, question.pk - 1) is True
