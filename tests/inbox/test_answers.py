"""What is kept of an answer and of its fate, and who is told."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict, Invalid, NotFound, PermissionDenied
from foundation.overtaking import Overtaken
from inbox.actions.ingest import ingest_inbound
from inbox.actions.reply import after_last_message, reply_to_conversation
from inbox.actions.reply_settlement import clamp_sent_at, settle_reply
from inbox.actions.unsent_replies import resolve_reply, retry_reply, withdraw_reply
from inbox.conversation_counts import recount_conversation
from inbox.models import Conversation, Message
from networks import errors
from networks.models import Outgoing, RemotePost
from organizations.actors import System
from organizations.models import AuditEntry, Notification
from tests.cast import Cast
from tests.inbox.talk import EVE, START, begin, end, ended, minute, only_conversation, says, sent_as

pytestmark = pytest.mark.usefixtures("in_acme")


def entry(verb: str) -> AuditEntry:
    return AuditEntry.objects.get(verb=verb)


class TestAnswering:
    def test_is_stored_told_and_written_down(self, cast: Cast, question: Message, hints) -> None:
        conversation = only_conversation()
        hints.clear()
        made = reply_to_conversation(cast.cole, conversation, text="Com\r\ning", seen=question.pk)
        row = Message.objects.get(pk=made.pk)
        assert (row.organization, row.profile, row.conversation, row.direction, row.text, row.writer) == (
            cast.acme,
            cast.x,
            conversation,
            "out",
            "Com\ning",
            cast.cole,
        )
        assert row.outgoing is not None
        assert row.outgoing.due_at <= now()
        told = entry("conversation.replied")
        assert (told.actor_id, told.target_id, told.change) == (
            cast.cole.pk,
            str(conversation.pk),
            {"message": made.pk},
        )
        assert hints[-1] == (cast.acme.pk, "inbox", conversation.pk, cast.x.pk, None)
        kept = only_conversation()
        assert (kept.last_message_at, kept.answered_at) == (row.sent_at, row.sent_at)

    def test_has_no_writer_where_nobody_wrote_it(self, cast: Cast, question: Message) -> None:
        made = reply_to_conversation(System("rule"), only_conversation(), text="Coming", seen=question.pk)
        assert Message.objects.get(pk=made.pk).writer is None

    def test_is_refused_in_words(self, cast: Cast, question: Message, answer: Message) -> None:
        for seen, kind, said in (
            (0, Invalid, "This is not a message of this conversation."),
            (question.pk, Conflict, "Somebody answered while you were writing. Your text is kept."),
        ):
            with pytest.raises(kind) as refused:
                reply_to_conversation(cast.cole, only_conversation(), text="Me too", seen=seen)
            assert refused.value.user_message == said
        Message.objects.filter(direction="in").update(direction="out")
        with pytest.raises(Conflict) as refused:
            reply_to_conversation(cast.cole, only_conversation(), text="Me too", seen=answer.pk)
        assert refused.value.user_message == "There is nothing of theirs to answer here."

    def test_answers_the_newest_of_theirs_in_this_conversation(self, cast: Cast, question: Message) -> None:
        ingest_inbound(
            cast.x, [says("Late", remote_id="3", parent="1", minute=5), says("Old", remote_id="2", parent="1")]
        )
        ingest_inbound(cast.x, [says("Elsewhere", remote_id="9", minute=9, author=EVE)])
        conversation = Conversation.objects.get(root_id="1")
        made = reply_to_conversation(cast.cole, conversation, text="Coming", seen=question.pk)
        assert made.outgoing is not None
        assert (made.outgoing.frozen.in_reply_to, made.outgoing.frozen.thread_id) == ("3", "1")
        Message.objects.filter(direction="in").update(sent_at=minute(1))
        again = reply_to_conversation(cast.cole, conversation, text="Still", seen=made.pk)
        assert again.outgoing is not None
        newest = Message.objects.filter(conversation=conversation, direction="in").latest("pk")
        assert again.outgoing.frozen.in_reply_to == newest.remote_id

    def test_answers_what_was_written_last_and_not_what_came_last(self, cast: Cast, question: Message) -> None:
        ingest_inbound(cast.x, [says("Late", remote_id="3", parent="1", minute=5)])
        ingest_inbound(cast.x, [says("Old", remote_id="2", parent="1", minute=1)])
        made = reply_to_conversation(cast.cole, only_conversation(), text="Coming", seen=question.pk)
        assert made.outgoing is not None
        assert made.outgoing.frozen.in_reply_to == "3"

    def test_is_shown_in_the_list_as_far_as_there_is_room(self, cast: Cast, question: Message) -> None:
        reply_to_conversation(cast.cole, only_conversation(), text="x" * 280, seen=question.pk)
        assert only_conversation().snippet == "x" * 199 + "…"

    @pytest.mark.parametrize(("at", "after"), [(10, 10), (5, 5), (4, 5)])
    def test_stands_after_all_that_it_answers(self, at: float, after: float) -> None:
        one = Conversation(last_message_at=minute(5))
        moment = minute(after) if at > 5 else minute(after) + timedelta(microseconds=1)
        assert after_last_message(one, minute(at)) == moment


class TestAnAnswerThatDidNotSimplyLeave:
    @pytest.fixture
    def failed(self, cast: Cast, answer: Message) -> Message:
        end(begin(answer.outgoing), ended(errors.Refused("They blocked you.")))
        return answer

    def test_is_withdrawn_told_and_written_down(self, cast: Cast, failed: Message, hints) -> None:
        conversation = only_conversation()
        seen = Outgoing.objects.get().mark
        made = withdraw_reply(cast.cole, conversation, failed.pk, seen=seen)
        assert made.state == "cancelled"
        told = entry("conversation.reply_withdrawn")
        assert (told.actor_id, told.target_id, told.change) == (
            cast.cole.pk,
            str(conversation.pk),
            {"message": failed.pk},
        )
        assert hints[-1] == (cast.acme.pk, "inbox", conversation.pk, cast.x.pk, None)
        assert only_conversation().unanswered_since == START

    @pytest.mark.parametrize(
        "act", [retry_reply, withdraw_reply, lambda *given, **more: resolve_reply(*given, there=True, **more)]
    )
    def test_is_decided_on_by_who_may_answer_and_sees_how_it_stands(self, cast: Cast, failed: Message, act) -> None:
        question = Message.objects.get(direction="in")
        with pytest.raises(NotFound):
            act(cast.cole, only_conversation(), question.pk)
        with pytest.raises(PermissionDenied):
            act(cast.ed, only_conversation(), failed.pk)
        with pytest.raises(Overtaken):
            act(cast.cole, only_conversation(), failed.pk, seen="something else")
        ingest_inbound(cast.x, [says(remote_id="99", author=EVE)])
        with pytest.raises(NotFound):
            act(cast.cole, Conversation.objects.get(root_id="99"), failed.pk)

    def test_is_told_to_its_writer_where_it_failed_or_needs_a_person(self, cast: Cast, answer: Message, hints) -> None:
        row = Outgoing.objects.get()
        for state, needs_person, told in (
            ("unknown", False, 0),
            ("sent", True, 0),
            ("unknown", True, 1),
            ("failed", False, 1),
        ):
            Notification.objects.all().delete()
            Outgoing.objects.update(state=state, needs_person=needs_person, reason="Ask them.")
            row.refresh_from_db()
            settle_reply(row)
            found = Notification.objects.filter(kind="reply_stuck")
            assert found.count() == told, state
            assert [(one.member, one.about) for one in found] == [(cast.cole, "Ask them.")] * told
        assert hints[-1] == (cast.acme.pk, "inbox", only_conversation().pk, cast.x.pk, None)

    def test_takes_the_networks_name_and_time_and_what_waited_beneath_it(self, cast: Cast, answer: Message) -> None:
        ingest_inbound(cast.x, [says("To your answer", remote_id="8", parent="7", minute=9)])
        ingest_inbound(cast.x, [says("Elsewhere", remote_id="20", author=EVE)])
        ingest_inbound(cast.page, [says("Not there", remote_id="8", parent="7")])
        begun = begin(answer.outgoing)
        end(begun, sent_as("7", minute=3))
        row = Message.objects.get(pk=answer.pk)
        assert (row.remote_id, row.permalink, row.sent_at) == ("7", "https://x.com/acme/status/7", minute(3))
        assert Message.objects.get(profile=cast.x, remote_id="8").conversation == row.conversation
        assert Conversation.objects.filter(profile=cast.x).count() == 2
        assert Conversation.objects.get(root_id="1").message_count == 3

    @pytest.mark.parametrize(("published", "stands"), [(3, 3), (0, 0), (-1, 0)])
    def test_stands_below_what_it_answers_and_not_ahead(self, cast: Cast, answer: Message, published, stands) -> None:
        late = minute(stands) if stands else START + timedelta(microseconds=1)
        assert clamp_sent_at(answer, minute(published)) == late
        assert clamp_sent_at(answer, now() + timedelta(hours=1)) <= now()
        Message.objects.filter(direction="in").delete()
        assert clamp_sent_at(answer, minute(-1)) == minute(-1)

    def test_stands_where_it_stood_whatever_came_elsewhere(self, cast: Cast, question: Message) -> None:
        ingest_inbound(cast.x, [says("Elsewhere", remote_id="20", author=EVE, minute=90)])
        made = reply_to_conversation(cast.cole, Conversation.objects.get(root_id="1"), text="So", seen=question.pk)
        assert clamp_sent_at(made, minute(30)) == minute(30)

    def test_is_settled_once_however_often_it_is_told(self, cast: Cast, answer: Message) -> None:
        row = end(begin(answer.outgoing), sent_as("7"))
        settle_reply(row)
        assert Message.objects.get(outgoing=row).pk == answer.pk
        assert only_conversation().message_count == 2

    def test_what_another_profile_has_under_the_same_id_stays(self, cast: Cast, answer: Message) -> None:
        ingest_inbound(cast.page, [says("There", remote_id="7")])
        end(begin(answer.outgoing), sent_as("7"))
        assert Message.objects.filter(profile=cast.page, remote_id="7").exists()

    def test_an_echo_in_a_conversation_of_its_own_gives_way(self, cast: Cast, answer: Message) -> None:
        ingest_inbound(cast.x, [says("Other", remote_id="20", author=EVE)])
        other = Conversation.objects.get(root_id="20")
        ingest_inbound(cast.x, [says("Something", remote_id="7", parent="20", minute=4, own=True)])
        assert Conversation.objects.get(pk=other.pk).message_count == 2
        end(begin(answer.outgoing), sent_as("7"))
        other.refresh_from_db()
        assert (other.message_count, other.snippet, other.answered_at) == (1, "Other", None)
        assert Message.objects.get(remote_id="7").pk == answer.pk

    @pytest.mark.parametrize(("state", "counts"), [("failed", False), ("cancelled", False), ("sent", True)])
    def test_all_is_counted_anew_from_what_stands_there(self, cast: Cast, answer: Message, state, counts) -> None:
        ingest_inbound(cast.x, [says("A colleague", remote_id="6", parent="1", minute=2, own=True)])
        ingest_inbound(cast.x, [says("y" * 300, remote_id="7", parent="1", minute=3)])
        Outgoing.objects.update(state=state)
        Message.objects.filter(pk=answer.pk).update(sent_at=minute(2.5))
        conversation = only_conversation()
        Conversation.objects.update(message_count=0, snippet="", state="closed")
        recount_conversation(conversation)
        conversation.refresh_from_db()
        assert conversation.answered_at == minute(2.5 if counts else 2)
        assert (conversation.message_count, conversation.last_message_at) == (4, minute(3))
        assert (conversation.snippet, conversation.state) == ("y" * 199 + "…", "closed")
        newest = Message.objects.get(remote_id="7")
        assert (conversation.last_message_id, conversation.unanswered_since) == (newest.pk, newest.sent_at)

    def test_what_is_no_answer_of_ours_is_left_alone(self, cast: Cast, question: Message, hints) -> None:
        from tests.outbox.rows import put

        hints.clear()
        settle_reply(put(cast.x, state="failed"))
        assert not Notification.objects.exists()
        assert not any(hint[1] == "inbox" for hint in hints)
        assert not RemotePost.objects.exists()
