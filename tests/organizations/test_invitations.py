"""Joining by invitation: sent, accepted once, over after a week, taken back; by somebody new or known."""

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.utils.timezone import now

from foundation.errors import Conflict, Invalid, PermissionDenied
from organizations.actions.invitations import accept_invitation, invite_member, resend_invitation, revoke_invitation
from organizations.actions.people import change_role
from organizations.models import AuditEntry, Invitation, Member, Role, User
from organizations.people.invitation_mails import send_due_invitations
from organizations.queries.invitations import find_invitation_by_secret
from organizations.tenancy import scope
from teams.access import profiles_for
from teams.models import TeamMember
from tests import builders
from tests.builders import PASSWORD
from tests.cast import Cast
from tests.races import at_once

INVITATIONS = "/o/acme/settings/invitations/"
INVITE = "/o/acme/settings/people/invite/"


@pytest.fixture
def invited(cast: Cast, in_acme) -> Invitation:
    return invite_member(cast.olive, email=" Nia@Acme.example ", team_ids=[cast.team.pk])


def link() -> str:
    """The link of the newest e-mail, sending what is due first."""
    send_due_invitations()
    return re.search(r"https?://[^/]+(/join/\S+/)", mail.outbox[-1].body)[1]


def text_of(answer) -> str:
    return answer.content.decode()


def test_the_e_mail_says_who_invites_where_and_until_when(cast: Cast, invited: Invitation) -> None:
    address = link()
    message = mail.outbox[-1]
    assert message.to == ["nia@acme.example"]
    assert "invites you to Acme" in message.subject
    html = message.alternatives[0][0]
    assert address in html
    assert "Europe/Madrid" in message.body
    assert send_due_invitations() == 0, "it leaves once"
    invited.refresh_from_db()
    assert invited.mailed_at
    assert invited.digest not in address


def test_somebody_new_joins_sets_a_password_and_is_in_the_team(cast: Cast, invited: Invitation, client: Client) -> None:
    address = link()
    page = client.get(address)
    assert "Join <bdi>Acme</bdi>" in text_of(page)
    assert "Care" in text_of(page)
    assert page["Cache-Control"].startswith("max-age=0")
    answer = client.post(address, {"name": "Nia", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/o/acme/")
    assert client.get("/o/acme/teams/").status_code == 200
    nia = Member.objects.get(user__email="nia@acme.example")
    assert nia.role == Role.MEMBER
    assert TeamMember.objects.filter(team=cast.team, member=nia, leads=False).exists()
    assert nia.user.emailaddress_set.get().verified
    assert AuditEntry.objects.filter(verb="invitation.accepted", actor_id=nia.pk).exists()


def test_joining_signs_in_like_every_other_door(cast: Cast, invited: Invitation, client: Client) -> None:
    client.post(link(), {"name": "Nia", "password": PASSWORD}, headers={"User-Agent": "Bakery/1"})
    entry = AuditEntry.objects.get(verb="sign_in.succeeded")
    assert (entry.actor_name, entry.change["device"]) == ("Nia", "Bakery/1")
    assert UserSession.objects.get(user__email="nia@acme.example").user_agent == "Bakery/1"
    page = client.get("/o/acme/").content.decode()
    assert "Welcome to Acme." in page
    assert "signed in as" not in page


def test_where_registration_is_closed_a_link_makes_no_new_sign_in(
    cast: Cast, invited: Invitation, client: Client, settings
) -> None:
    settings.REGISTRATION = "closed"
    path = link()
    for answer in (client.get(path), client.post(path, {"name": "Nina", "password": "a long enough one"})):
        assert answer.status_code == 403
        assert "operator" in text_of(answer)
    assert not User.objects.filter(email=invited.email).exists()


def test_the_link_works_once(cast: Cast, invited: Invitation, client: Client) -> None:
    address = link()
    client.post(address, {"name": "Nia", "password": PASSWORD})
    again = Client().get(address)
    assert again.status_code == 410
    assert "used already" in text_of(again)
    assert Client().post(address, {"name": "Eve", "password": PASSWORD}).status_code == 410


def test_a_weak_password_stands_beside_its_field_and_nobody_is_made(invited: Invitation, client: Client) -> None:
    answer = client.post(link(), {"name": "Nia", "password": "1234567890"})
    assert answer.status_code == 422
    assert 'value="Nia"' in text_of(answer)
    assert "1234567890" not in text_of(answer)
    assert not User.objects.filter(email="nia@acme.example").exists()


def test_old_links_say_so(invited: Invitation, client: Client) -> None:
    address = link()
    Invitation.objects.update(expires_at=now() - timedelta(seconds=1))
    answer = client.get(address)
    assert answer.status_code == 410
    assert "too old" in text_of(answer)


def test_links_taken_back_say_so_and_cannot_be_sent_again(cast: Cast, invited: Invitation, client: Client) -> None:
    address = link()
    revoke_invitation(cast.olive, invited)
    assert "taken back" in text_of(client.get(address))
    with pytest.raises(Conflict):
        resend_invitation(cast.olive, invited)
    with pytest.raises(Conflict):
        revoke_invitation(cast.olive, invited)


def test_sending_again_makes_a_new_link_and_ends_the_old(cast: Cast, invited: Invitation, client: Client) -> None:
    first = link()
    Invitation.objects.update(expires_at=now() - timedelta(days=1))
    resend_invitation(cast.olive, invited)
    assert client.get(first).status_code == 404
    second = link()
    assert second != first
    assert client.get(second).status_code == 200


@pytest.mark.parametrize("secret", ["x", "a" * 43, "a" * 500, "%00", "..%2f"])
def test_a_made_up_link_opens_nothing(db, client: Client, secret: str) -> None:
    assert client.get(f"/join/{secret}/").status_code == 404


def test_who_is_known_signs_in_and_joins(cast: Cast, in_acme, client: Client, sign_in) -> None:
    invite_member(cast.olive, email="mallory@globex.example", role="viewer")
    address = link()
    page = text_of(client.get(address))
    assert f"/accounts/login/?next={address.replace('/', '%2F')}" in page
    assert 'name="password"' not in page
    assert "Join as" not in page
    client.post(address, {"name": "Evil", "password": "another password"})
    assert User.objects.get(email="mallory@globex.example").check_password(PASSWORD), "the link sets no password"
    mallory = sign_in(cast.mallory)
    assert mallory.get("/o/acme/").status_code == 404
    assert "Join as" in text_of(mallory.get(address))
    assert mallory.post(address)["Location"] == "/o/acme/"
    assert Member.objects.get(user=cast.mallory.user).role == "viewer"


def test_an_invitation_is_for_its_address_alone(cast: Cast, invited: Invitation, sign_in) -> None:
    address = link()
    client = sign_in(cast.mallory)
    assert "signed in as mallory@globex.example" in text_of(client.get(address))
    client.post(address)
    assert not Member.objects.filter(user=cast.mallory.user).exists()
    with pytest.raises(Conflict):
        accept_invitation(invited, user=cast.mallory.user)


def test_it_lives_by_the_word_of_whoever_sent_it(cast: Cast, in_acme, client: Client) -> None:
    amy = builders.member(cast.acme, "Amy", role=Role.ADMIN)
    invite_member(amy, email="nia@acme.example", role="admin")
    address = link()
    change_role(cast.olive, amy, role="member")
    answer = client.post(address, {"name": "Nia", "password": PASSWORD})
    assert answer.status_code == 410
    assert not User.objects.filter(email="nia@acme.example").exists()


def test_admins_invite_up_to_their_own_role(cast: Cast, in_acme) -> None:
    amy = builders.member(cast.acme, "Amy", role=Role.ADMIN)
    invite_member(amy, email="a@acme.example", role="admin")
    with pytest.raises(PermissionDenied):
        invite_member(amy, email="b@acme.example", role="owner")
    with pytest.raises(PermissionDenied):
        invite_member(cast.lena, email="b@acme.example", role="viewer")
    owners = invite_member(cast.olive, email="o@acme.example", role="owner")
    with pytest.raises(PermissionDenied):
        revoke_invitation(amy, owners)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "nia@"}, "email"),
        ({"email": "ED@acme.example"}, "email"),
        ({"email": "nia@acme.example"}, "email"),
        ({"email": "a@acme.example", "role": "king"}, "role"),
        ({"email": "a@acme.example", "team_ids": [987654]}, "teams"),
    ],
)
def test_what_cannot_be_invited(cast: Cast, invited: Invitation, given, field: str) -> None:
    with pytest.raises(Invalid) as error:
        invite_member(cast.olive, **given)
    assert list(error.value.fields) == [field]
    assert Invitation.objects.count() == 1


def test_a_foreign_team_cannot_be_joined(cast: Cast) -> None:
    with scope(cast.globex), pytest.raises(Invalid):
        invite_member(cast.mallory, email="a@globex.example", team_ids=[cast.team.pk])


def test_who_was_invited_too_long_ago_can_be_invited_anew(cast: Cast, invited: Invitation) -> None:
    Invitation.objects.update(expires_at=now() - timedelta(days=1))
    assert invite_member(cast.olive, email="nia@acme.example").pk != invited.pk


def test_inviting_says_nothing_about_accounts_elsewhere(cast: Cast, in_acme, sign_in) -> None:
    client = sign_in(cast.olive)
    known = client.post(INVITE, {"email": "mallory@globex.example", "role": "member"}, follow=True)
    unknown = client.post(INVITE, {"email": "nobody@globex.example", "role": "member"}, follow=True)
    assert known.status_code == unknown.status_code == 200
    shown = [re.search(r"The invitation is on its way to \S+", text_of(answer))[0] for answer in (known, unknown)]
    assert shown[0].replace("mallory", "nobody") == shown[1]


def test_a_mail_server_that_is_away_is_asked_again(cast: Cast, invited: Invitation, monkeypatch) -> None:
    def refuse(self) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        assert send_due_invitations() == 0
    assert send_due_invitations() == 0, "not at once"
    Invitation.objects.update(mail_due_at=now())
    assert send_due_invitations() == 1


def test_the_page_lists_sends_again_and_takes_back(
    cast: Cast, invited: Invitation, sign_in, django_assert_max_num_queries
) -> None:
    client = sign_in(cast.olive)
    with django_assert_max_num_queries(12):
        page = text_of(client.get(INVITATIONS))
    assert "nia@acme.example" in page
    assert "Care" in page
    assert client.post(f"{INVITATIONS}{invited.pk}/resend/").status_code == 302
    assert client.post(f"{INVITATIONS}{invited.pk}/revoke/").status_code == 302
    assert client.post(f"{INVITATIONS}{invited.pk}/revoke/").status_code == 409
    assert "nia@acme.example" not in text_of(client.get(INVITATIONS))


@pytest.mark.parametrize("path", [INVITATIONS, INVITE, INVITE + "list/"])
def test_inviting_is_for_admins(cast: Cast, sign_in, path: str) -> None:
    assert sign_in(cast.lena).get(path).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_senders_send_each_link_once(cast: Cast) -> None:
    with scope(cast.acme):
        for number in range(10):
            invite_member(cast.olive, email=f"nia{number}@acme.example")
    answers = at_once(cast.acme, send_due_invitations, send_due_invitations)
    assert sum(answers) == 10  # type: ignore[arg-type]
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 10


def test_a_secret_is_never_stored(cast: Cast, invited: Invitation) -> None:
    secret = link().split("/")[2]
    assert find_invitation_by_secret(secret) == invited
    stored = Invitation.objects.filter(pk=invited.pk).values().get()
    assert secret not in str(stored)
    assert secret not in str(list(AuditEntry.objects.values()))
    assert set(profiles_for(cast.olive, to="view")) == {cast.x, cast.page}
