"""Off-boarding: no right is left, nothing is without an owner, and the name stays."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils.timezone import now

from foundation.errors import Conflict, Invalid, NotFound, PermissionDenied
from inbox.actions.assign import assign_conversation
from inbox.actions.ingest import ingest_inbound
from inbox.models import Conversation
from networks.models import PROFILE_VERBS, Outgoing, ProfileUserObjectPermission
from organizations.actions.absences import plan_absence
from organizations.actions.invitations import accept_invitation, invite_member
from organizations.actions.leaving import offboard_member
from organizations.actions.organizations import create_member
from organizations.actions.people import change_role
from organizations.auditing import audit
from organizations.models import Absence, ApiToken, AuditEntry, Invitation, Member, Notification, Role
from organizations.people.invitation_mails import send_due_invitations
from organizations.tenancy import scope
from publishing.access import access_post, posts_owned_by
from publishing.actions.review import approve_post, submit_post
from publishing.actions.schedule import schedule_post
from publishing.models import Post
from teams.access import profiles_for, verbs_on
from teams.actions.grants import set_grants
from teams.models import TeamMember
from tests import builders
from tests.builders import PASSWORD
from tests.cast import Cast
from tests.inbox.talk import says
from tests.posts import create_post
from tests.races import at_once

PEOPLE = "/o/acme/settings/people/"


@pytest.fixture(autouse=True)
def _in_acme(request) -> None:
    """Everything here happens in acme, but where each of two connections enters it by itself."""
    marker = request.node.get_closest_marker("django_db")
    if not (marker and marker.kwargs.get("transaction")):
        request.getfixturevalue("in_acme")


def now_of(member: Member) -> Member:
    return Member.ever.select_related("user", "organization").get(pk=member.pk)


def assigned(cast: Cast, profile, member: Member) -> Conversation:
    message = ingest_inbound(profile, [says("Anybody?")])[0]
    conversation = Conversation.objects.get(pk=message.conversation_id)
    let_answer(cast, profile, member)
    return assign_conversation(cast.olive, conversation, member=member)


def let_answer(cast: Cast, profile, member: Member) -> None:
    held = verbs_on(member, [profile.pk])[profile.pk]
    set_grants(cast.olive, profile, members={member.pk: held | {"reply"}})


def scheduled(cast: Cast) -> Post:
    post = create_post(cast.priya, text="Bread", profiles=[cast.x.pk])
    return schedule_post(cast.priya, post, at=now() + timedelta(days=1))


def test_no_right_is_left(cast: Cast, api, sign_in) -> None:
    lena = api(cast.lena)
    assert lena.get("teams/").status_code == 200
    browser = sign_in(cast.lena)
    offboard_member(cast.olive, cast.lena, successor=cast.priya)
    assert lena.get("teams/").status_code == 401
    assert browser.get("/o/acme/").status_code in (302, 404)
    assert sign_in(cast.lena).get("/o/acme/").status_code == 404
    gone = now_of(cast.lena)
    for verb in PROFILE_VERBS:
        assert not profiles_for(gone, to=verb).exists()
    assert set(verbs_on(gone, [cast.x.pk]).values()) == {frozenset()}
    assert not ProfileUserObjectPermission.objects.filter(user=cast.lena.user).exists()
    assert not cast.lena.user.groups.exists()
    assert not TeamMember.objects.filter(member=cast.lena).exists()


def test_an_owner_who_left_is_no_admin(cast: Cast) -> None:
    change_role(cast.olive, cast.ed, role="owner")
    offboard_member(cast.ed, cast.olive, successor=cast.ed)
    gone = now_of(cast.olive)
    assert not gone.is_admin
    assert not profiles_for(gone, to="view").exists()
    with pytest.raises(PermissionDenied):
        change_role(gone, cast.ed, role="member")
    with pytest.raises(PermissionDenied):
        change_role(cast.olive, cast.cole, role="admin")


def test_sessions_end_unless_another_organization_is_theirs(cast: Cast) -> None:
    with scope(cast.globex):
        create_member(cast.mallory, cast.globex, email=cast.ed.user.email, role="member", password="")
    browsers = {}
    for name in ("ed", "cole"):
        browsers[name] = Client()
        login = {"login": getattr(cast, name).user.email, "password": PASSWORD}
        browsers[name].post("/accounts/login/", login)
        offboard_member(cast.olive, getattr(cast, name), successor=cast.priya)
    assert browsers["cole"].get("/")["Location"].startswith("/accounts/login/")
    assert not UserSession.objects.filter(user=cast.cole.user).exists()
    assert browsers["ed"].get("/o/acme/").status_code == 404
    assert browsers["ed"].get("/o/globex/").status_code == 200


def test_the_successor_leads_what_they_led(cast: Cast) -> None:
    offboard_member(cast.olive, cast.lena, successor=cast.ed, successors={"teams": cast.priya})
    assert list(TeamMember.objects.filter(team=cast.team, leads=True).values_list("member", flat=True)) == [
        cast.priya.pk
    ]
    assert cast.team.group.user_set.filter(pk=cast.priya.user_id).exists()


def test_conversations_go_to_the_successor_or_to_somebody_who_may_answer(cast: Cast) -> None:
    on_x, on_page = assigned(cast, cast.x, cast.priya), assigned(cast, cast.page, cast.priya)
    set_grants(cast.olive, cast.page, members={cast.cole.pk: {"view"}})
    offboard_member(cast.olive, cast.priya, successor=cast.cole)
    owners = dict(Conversation.objects.values_list("pk", "assignee"))
    assert owners == {on_x.pk: cast.cole.pk, on_page.pk: cast.olive.pk}, "Cole only reads the page"


def test_posts_keep_the_author_and_get_somebody_who_answers_for_them(cast: Cast) -> None:
    draft = create_post(cast.ed, text="Bread", profiles=[cast.page.pk])
    with pytest.raises(NotFound):
        access_post(cast.cole, draft.pk)
    offboard_member(cast.olive, cast.ed, successor=cast.ana, successors={"posts": cast.cole})
    seen = access_post(cast.cole, draft.pk)
    assert seen.author.name == "Ed"
    assert draft in posts_owned_by(cast.cole)
    with pytest.raises(PermissionDenied):
        access_post(cast.cole, draft.pk, to="edit")  # never more than Cole's own rights


def test_responsibility_passes_on_when_the_successor_leaves_too(cast: Cast) -> None:
    draft = create_post(cast.ed, text="Bread", profiles=[cast.page.pk])
    offboard_member(cast.olive, cast.ed, successor=cast.cole)
    offboard_member(cast.olive, cast.cole, successor=cast.ana)
    assert draft in posts_owned_by(cast.ana)


def test_what_waits_for_approval_is_decided_by_the_others(cast: Cast) -> None:
    post = submit_post(cast.ed, create_post(cast.ed, text="Bread", profiles=[cast.x.pk]))
    offboard_member(cast.olive, cast.ed, successor=cast.ava)
    offboard_member(cast.olive, cast.lena, successor=cast.ava)
    assert approve_post(cast.ava, post).state == "approved"


def test_what_is_scheduled_goes_out(cast: Cast) -> None:
    post = scheduled(cast)
    offboard_member(cast.olive, cast.priya, successor=cast.ed)
    post.refresh_from_db()
    assert post.state == "scheduled"
    assert Outgoing.objects.get(delivery__post=post).state == "waiting"


def test_or_comes_back_to_be_looked_at_and_can_be_scheduled_again(cast: Cast) -> None:
    post = scheduled(cast)
    offboard_member(cast.olive, cast.priya, successor=cast.ed, keep_scheduled=False)
    post.refresh_from_db()
    assert post.state == "draft"
    assert Outgoing.objects.get(delivery__post=post).state == "cancelled"
    assert schedule_post(cast.lena, post, at=now() + timedelta(days=1)).state == "scheduled"


def test_the_audit_log_keeps_the_name(cast: Cast) -> None:
    audit.record(cast.ed, "thing.done", cast.acme)
    offboard_member(cast.olive, cast.ed, successor=cast.ana)
    assert AuditEntry.objects.get(verb="thing.done").actor_name == "Ed"
    left = AuditEntry.objects.get(verb="member.left")
    assert (left.target_name, left.change["successor"]) == ("Ed", "Ana")


def test_invitations_that_they_sent_and_that_would_bring_them_back_end(cast: Cast) -> None:
    amy = builders.member(cast.acme, "Amy", role=Role.ADMIN)
    invite_member(amy, email="back@door.example", role="admin")
    invite_member(cast.olive, email="kept@acme.example")
    offboard_member(cast.olive, amy, successor=cast.olive)
    assert list(Invitation.objects.filter(revoked_at=None).values_list("email", flat=True)) == ["kept@acme.example"]


def test_another_deputy_stands_in(cast: Cast) -> None:
    days = {"first_day": now().date(), "last_day": now().date() + timedelta(days=3)}
    plan_absence(cast.olive, cast.ed, deputy=cast.cole, **days)
    offboard_member(cast.olive, cast.cole, successor=cast.ana)
    assert Absence.objects.get().deputy == cast.ana
    offboard_member(cast.olive, cast.ana, successor=cast.ed)
    assert Absence.objects.get().deputy == cast.olive, "nobody stands in for themselves"


def test_who_comes_back_has_the_name_and_none_of_the_rights(cast: Cast) -> None:
    draft = create_post(cast.ed, text="Bread", profiles=[cast.page.pk])
    offboard_member(cast.olive, cast.ed, successor=cast.cole)
    invitation = invite_member(cast.olive, email=cast.ed.user.email, role="viewer")
    back = accept_invitation(invitation, user=cast.ed.user)
    assert (back.pk, back.role, back.left_at) == (cast.ed.pk, "viewer", None)
    assert not profiles_for(back, to="view").exists()
    assert draft in posts_owned_by(back)
    assert not ApiToken.objects.filter(member=back, revoked_at=None).exists()
    assert AuditEntry.objects.filter(verb="member.returned").exists()


@pytest.mark.parametrize("successor", ["ed", "vic", "mallory"])
def test_not_everybody_can_succeed(cast: Cast, successor: str) -> None:
    with pytest.raises(Invalid) as error:
        offboard_member(cast.olive, cast.ed, successor=getattr(cast, successor))
    assert list(error.value.fields) == ["successor"]
    assert now_of(cast.ed).left_at is None


def test_the_last_owner_cannot_leave(cast: Cast, sign_in) -> None:
    with pytest.raises(Conflict):
        offboard_member(cast.olive, cast.olive, successor=cast.ed)
    assert "last owner" in sign_in(cast.olive).get(f"{PEOPLE}{cast.olive.pk}/leave/").content.decode()


def test_admins_off_board_nobody_above_them_and_members_nobody(cast: Cast, sign_in) -> None:
    amy = builders.member(cast.acme, "Amy", role=Role.ADMIN)
    change_role(cast.olive, cast.ed, role="owner")
    for actor in (amy, cast.lena):
        with pytest.raises(PermissionDenied):
            offboard_member(actor, cast.olive, successor=cast.ed)
    assert sign_in(cast.lena).get(f"{PEOPLE}{cast.cole.pk}/leave/").status_code == 403


def test_twice_is_once(cast: Cast) -> None:
    offboard_member(cast.olive, cast.ed, successor=cast.ana)
    with pytest.raises(NotFound):
        offboard_member(cast.olive, cast.ed, successor=cast.ana)


def test_a_floor_that_fails_undoes_all_of_it(cast: Cast, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("inbox.receivers.hand_over_conversations", fail)
    with pytest.raises(ZeroDivisionError):
        offboard_member(cast.olive, cast.lena, successor=cast.ana)
    assert TeamMember.objects.filter(member=cast.lena).exists()
    assert now_of(cast.lena).left_at is None


def test_the_page_shows_what_happens_and_does_it(cast: Cast, sign_in, django_assert_max_num_queries) -> None:
    assigned(cast, cast.page, cast.priya)
    scheduled(cast)
    client = sign_in(cast.olive)
    address = f"{PEOPLE}{cast.priya.pk}/leave/"
    with django_assert_max_num_queries(30):
        page = client.get(address, {"successor": cast.cole.pk, "scheduled": "draft"}).content.decode()
    assert "1 open conversation" in page
    assert "where Cole may not answer" in page
    assert "Back to draft" in page
    assert "hand 1 thing to Cole" in page
    assert now_of(cast.priya).left_at is None, "looking changes nothing"
    assert client.post(address, {"successor": cast.vic.pk}).status_code == 422
    done = client.post(address, {"successor": cast.cole.pk, "scheduled": "keep", "name": "Priya"}, follow=True)
    assert "Priya has left" in done.content.decode()
    assert client.get(address).status_code == 404
    assert "Priya" in client.get(PEOPLE, {"show": "left"}).content.decode()
    assert "Priya" not in client.get("/o/acme/teams/new/").content.decode()


@pytest.mark.parametrize(("typed", "status"), [("", 422), ("Cole", 422), ("Pri", 422), ("  PRIYA ", 302)])
def test_it_is_confirmed_by_the_name(cast: Cast, sign_in, typed: str, status: int) -> None:
    form = {"successor": cast.cole.pk, "scheduled": "keep", "name": typed}
    answer = sign_in(cast.olive).post(f"{PEOPLE}{cast.priya.pk}/leave/", form)
    assert answer.status_code == status
    assert (now_of(cast.priya).left_at is None) is (status == 422)


def told() -> dict[str, tuple[str, str]]:
    rows = Notification.objects.filter(kind="handed_over", mails__isnull=False).select_related("member__user")
    return {row.member.name: (row.title, row.about) for row in rows}


def test_successors_are_told_by_mail_what_is_theirs(cast: Cast) -> None:
    assigned(cast, cast.x, cast.priya)
    create_post(cast.priya, text="Bread", profiles=[cast.x.pk])
    offboard_member(cast.olive, cast.priya, successor=cast.ed, successors={"conversations": cast.cole})
    title = "Olive off-boarded Priya: you take over"
    assert told() == {
        "Ed": (title.replace("Olive", cast.olive.name), "1 post in the making"),
        "Cole": (title.replace("Olive", cast.olive.name), "1 open conversation"),
    }


def test_nobody_is_told_of_what_they_did_themselves(cast: Cast) -> None:
    offboard_member(cast.olive, cast.priya, successor=cast.olive)
    assert told() == {}
    offboard_member(cast.olive, cast.ana, successor=cast.ed)
    assert told()["Ed"][1] == "Nothing was open; what comes back later comes to you."


def test_an_htmx_change_brings_only_the_form(cast: Cast, sign_in) -> None:
    address = f"{PEOPLE}{cast.priya.pk}/leave/"
    answer = sign_in(cast.olive).get(address, {"successor": cast.cole.pk}, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()


class TestAtOnce:
    pytestmark = pytest.mark.django_db(transaction=True)

    def test_two_successors_of_one_another(self, cast: Cast) -> None:
        answers = at_once(
            cast.acme,
            lambda: offboard_member(cast.olive, cast.ed, successor=cast.cole),
            lambda: offboard_member(cast.olive, cast.cole, successor=cast.ed),
        )
        assert {type(answer) for answer in answers} == {Member, Invalid}

    def test_two_owners_cannot_leave_together(self, cast: Cast) -> None:
        with scope(cast.acme):
            change_role(cast.olive, cast.ed, role="owner")
        answers = at_once(
            cast.acme,
            lambda: offboard_member(cast.olive, cast.olive, successor=cast.ava),
            lambda: offboard_member(cast.ed, cast.ed, successor=cast.ava),
        )
        assert {type(answer) for answer in answers} == {Member, Conflict}


def test_an_invitation_on_its_way_to_the_leaver_is_not_sent(cast: Cast) -> None:
    amy = builders.member(cast.acme, "Amy", role=Role.ADMIN)
    invite_member(amy, email="nia@acme.example")
    offboard_member(cast.olive, amy, successor=cast.olive)
    assert send_due_invitations() == 0


def test_grants_given_meanwhile_do_not_come_back(cast: Cast) -> None:
    offboard_member(cast.olive, cast.ed, successor=cast.ana)
    with pytest.raises(NotFound):
        set_grants(cast.olive, cast.x, members={cast.ed.pk: ["publish"]})
