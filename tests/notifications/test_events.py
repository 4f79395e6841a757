"""Who is told of what: those whom it concerns, and never whoever did it."""

from functools import partial

import pytest

from inbox.actions.assign import assign_conversation
from inbox.actions.ingest import ingest_inbound
from inbox.actions.reply import reply_to_conversation
from inbox.models import Conversation
from networks.errors import Refused
from networks.models import Outgoing, Profile
from networks.outbox.settling import disconnect_profile
from organizations.actions.leaving import offboard_member
from organizations.models import Mail, Notification
from publishing.actions.compose import withdraw_post
from publishing.actions.draft_deletion import delete_post
from publishing.actions.review import approve_post, reject_post, submit_post
from publishing.actions.schedule import cancel_post
from publishing.receivers import delivery_settled
from teams.actions.grants import set_grants
from tests.home.test_home import deliver
from tests.inbox.talk import begin, end, ended, says
from tests.posts import create_post, edit_post, rewrite_post

pytestmark = pytest.mark.usefixtures("in_acme")


def told(kind: str) -> dict[str, str]:
    """{who: title} of a kind."""
    rows = Notification.objects.filter(kind=kind).select_related("member__user")
    return {row.member.name: row.title for row in rows}


@pytest.fixture
def talk(cast) -> Conversation:
    ingest_inbound(cast.x, [says("Do you have rye?", remote_id="1")])
    return Conversation.objects.select_related("profile").get()


def test_a_conversation_is_given(cast, talk):
    assign_conversation(cast.lena, talk, member=cast.cole)
    assert told("conversation_given") == {"Cole": "Lena gave you a conversation on Acme"}
    assign_conversation(cast.cole, talk, member=cast.cole)
    assert Notification.objects.count() == 1


def test_a_team_is_given_a_conversation(cast, talk):
    assign_conversation(cast.lena, talk, team=cast.team)
    assert set(told("conversation_given_team")) == {"Cole", "Priya", "Ed"}


def test_taking_it_oneself_is_no_news(cast, talk):
    assign_conversation(cast.cole, talk, member=cast.cole)
    assert not Notification.objects.exists()


def test_somebody_writes_in_my_conversation(cast, talk):
    assign_conversation(cast.cole, talk, member=cast.cole)
    ingest_inbound(cast.x, [says("Hello?", remote_id="2", parent="1", minute=5)])
    ingest_inbound(cast.x, [says("Anybody?", remote_id="3", parent="1", minute=6)])
    notice = Notification.objects.get(kind="reply_wanted")
    assert notice.title == "Bob Stone waits for your answer on Acme"
    assert (notice.member, notice.count, notice.url) == (cast.cole, 2, f"/o/acme/inbox/{talk.pk}/")


def test_an_answer_that_did_not_get_through(cast, talk):
    message = reply_to_conversation(cast.cole, talk, text="Yes", seen=talk.last_message_id)
    end(begin(message.outgoing), ended(Refused("They have blocked you.")))
    assert set(told("reply_stuck")) == {"Cole"}
    assert Notification.objects.get().about == "They have blocked you."


def test_approval_is_asked_of_approvers_and_answered_to_the_writer(cast):
    post = create_post(cast.ed, text="Fresh bread", profiles=[cast.x.pk, cast.page.pk])
    submit_post(cast.ed, post)
    assert set(told("approval_asked")) == {"Ava", "Lena"}
    reject_post(cast.ava, post, note="Which bread?")
    assert told("approval_decided") == {"Ed": "Ava sent your post for 2 profiles back"}
    assert Notification.objects.get(kind="approval_decided").about == "Which bread?"
    submit_post(cast.ed, post)
    approve_post(cast.ava, post)
    assert Notification.objects.filter(kind="approval_decided", member=cast.ed).count() == 2


def test_without_approvers_the_admins_are_asked(cast):
    for profile in (cast.x, cast.page):
        set_grants(cast.olive, profile, members={cast.ava.pk: [], cast.lena.pk: []})
    submit_post(cast.ed, create_post(cast.ed, text="Fresh bread", profiles=[cast.x.pk]))
    assert list(told("approval_asked")) == [cast.olive.name]


def test_a_profile_is_cut_off_once(cast):
    for _ in range(2):
        disconnect_profile(Profile.objects.get(pk=cast.x.pk), "X wants a new sign-in.")
    assert set(told("profile_disconnected")) == {cast.olive.name, "Lena"}
    assert {row.count for row in Notification.objects.all()} == {1}
    assert Mail.objects.count() == 2


def test_what_nobody_knows_needs_its_writer(cast):
    delivery = deliver(cast.ed, cast.x, state="unknown")
    row = Outgoing.objects.get(pk=delivery.outgoing_id)
    delivery_settled(sender=Outgoing, outgoing=row)
    assert not Notification.objects.exists()
    row.needs_person = True
    delivery_settled(sender=Outgoing, outgoing=row)
    assert "look and decide" in told("delivery_stuck")["Ed"]


def test_what_one_approver_decided_waits_for_nobody_else(cast):
    post = create_post(cast.ed, text="Fresh bread", profiles=[cast.x.pk])
    submit_post(cast.ed, post)
    approve_post(cast.ava, post)
    assert not Notification.objects.filter(kind="approval_asked", read_at=None).exists()


@pytest.fixture
def asked_for(cast):
    post = create_post(cast.ed, text="Fresh bread", profiles=[cast.x.pk])
    return submit_post(cast.ed, post)


def waits_for() -> set[str]:
    """Whom an unread notice calls to decide."""
    rows = Notification.objects.filter(kind="approval_asked", read_at=None).select_related("member__user")
    return {row.member.name for row in rows}


@pytest.mark.parametrize("settle", [withdraw_post, cancel_post, approve_post, partial(reject_post, note="No")])
def test_what_no_longer_waits_calls_nobody(cast, asked_for, settle):
    assert waits_for() == {"Ava", "Lena"}
    settle(cast.lena, asked_for)
    assert waits_for() == set()


def test_an_edit_calls_nobody_until_it_is_asked_for_again(cast, asked_for):
    edit_post(cast.ed, asked_for, text="Rye bread")
    assert waits_for() == set()
    submit_post(cast.ed, asked_for)
    assert waits_for() == {"Ava", "Lena"}
    assert {row.count for row in Notification.objects.filter(kind="approval_asked")} == {1}


def test_words_that_were_changed_meanwhile_call_again_once(cast, asked_for):
    rewrite_post(cast.ed, asked_for, text="Rye bread")
    rows = Notification.objects.filter(kind="approval_asked", read_at=None)
    assert {row.about for row in rows} == {"Rye bread"}
    assert rows.count() == 2


@pytest.mark.parametrize("answer", ["rewrite", "resubmit", "delete"])
def test_what_was_sent_back_calls_its_writer_until_they_see_to_it(cast, asked_for, answer):
    reject_post(cast.ava, asked_for, note="Which bread?")
    unread = Notification.objects.filter(member=cast.ed, kind="approval_decided", read_at=None)
    assert unread.exists()
    if answer == "rewrite":
        edit_post(cast.ed, asked_for, text="Rye bread")
    elif answer == "resubmit":
        submit_post(cast.ed, asked_for)
    else:
        delete_post(cast.ed, asked_for)
    assert not unread.exists()


def test_whoever_succeeded_a_writer_hears_of_their_posts(cast):
    delivery = deliver(cast.ed, cast.x, state="failed")
    offboard_member(cast.olive, cast.ed, successor=cast.priya)
    Notification.objects.all().delete()
    delivery_settled(sender=Outgoing, outgoing=Outgoing.objects.get(pk=delivery.outgoing_id))
    assert set(told("delivery_stuck")) == {"Priya"}
