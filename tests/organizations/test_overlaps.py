"""Two at once with people, sign-in and settings: one waits or is refused, and what happens once is noted once."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils.timezone import now

from foundation.database.purges import purge_rows
from foundation.errors import Conflict, Invalid, NotFound
from foundation.overtaking import Overtaken
from organizations.actions.absences import end_absence, plan_absence
from organizations.actions.admitting import admit_by_sign_on
from organizations.actions.domains import (
    claim_domains,
    prove_by_operator,
    revoke_proof_by_operator,
    store_domain_lookup,
)
from organizations.actions.hours import add_holiday, remove_holiday, set_business_hours, week_mark
from organizations.actions.invitations import accept_invitation, invite_member, revoke_invitation
from organizations.actions.joining import join_organization
from organizations.actions.leaving import offboard_member
from organizations.actions.logo import set_logo
from organizations.actions.notifications import read_all_notifications, read_notification
from organizations.actions.organizations import change_organization
from organizations.actions.own_details import change_own_details, set_picture
from organizations.actions.people import change_role
from organizations.actions.quotas import set_quotas
from organizations.actions.security import readmit_member, require_mfa, set_session_bounds
from organizations.actions.sign_on import remove_sign_on, set_sign_on
from organizations.actions.tokens import create_api_token, revoke_api_token
from organizations.actions.ways_in import decline_invitation
from organizations.actors import System
from organizations.models import (
    Absence,
    AuditEntry,
    Holiday,
    Invitation,
    Mail,
    Member,
    Notification,
    NotificationSettings,
    Organization,
    OrganizationSignOn,
    SignOnDomain,
    User,
)
from organizations.models.sign_on import NO_SIGN_ON
from organizations.notifications import mails
from organizations.notifications.digests import collect_digest
from organizations.notifications.notices import notify, settle_notices
from organizations.notifications.retention import purge_ended_sessions
from organizations.people import invitation_mails
from organizations.sign_in.domain_records import LookupResult
from organizations.sign_in.oidc import Claims, SignOnFailed
from organizations.tenancy import scope
from tests import media
from tests.few import Few
from tests.few import few as few
from tests.few import transactional_db as transactional_db
from tests.races import overlapping

OPERATOR = System("command line")
LONG_AGO = timedelta(days=900)


def noted(few: Few, verb: str) -> int:
    with scope(few.acme):
        return AuditEntry.objects.filter(verb=verb).count()


def now_of(few: Few) -> Organization:
    return Organization.objects.get(pk=few.acme.pk)


# --- people -------------------------------------------------------------------------------------------------------


def test_of_two_owners_who_demote_each_other_one_remains(few: Few) -> None:
    with scope(few.acme):
        change_role(few.olive, few.lena, role="owner")
        few.lena.refresh_from_db()
    met = overlapping(
        "organizations.actions.people.lock_people",
        lambda: change_role(few.olive, few.lena, role="member"),
        lambda: change_role(few.lena, few.olive, role="member"),
        of=few.acme,
    )
    assert isinstance(met.first, Member), met
    assert isinstance(met.second, Exception)
    with scope(few.acme):
        assert list(Member.objects.filter(role="owner")) == [few.olive]


def test_of_two_who_saw_the_same_role_one_changes_it(few: Few) -> None:
    met = overlapping(
        "organizations.actions.people.lock_people",
        lambda: change_role(few.olive, few.cole, role="viewer", seen="member"),
        lambda: change_role(few.olive, few.cole, role="admin", seen="member"),
        of=few.acme,
    )
    assert (type(met.first), type(met.second), met.waited) == (Member, Overtaken, True)


def test_a_name_that_two_tabs_change_is_noted_as_it_went(few: Few) -> None:
    met = overlapping(
        "organizations.actions.own_details.lock_user",
        lambda: change_own_details(few.cole, name="Cola"),
        lambda: change_own_details(few.cole, name="Coly"),
        of=few.acme,
    )
    assert (met.second.name, met.waited) == ("Coly", True)
    with scope(few.acme):
        notes = AuditEntry.objects.filter(verb="member.described").order_by("pk")
        assert [note.change["name"] for note in notes] == [["Cole", "Cola"], ["Cola", "Coly"]]


def test_of_two_pictures_at_once_one_is_kept_and_no_file_is_left_over(few: Few, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    met = overlapping(
        "organizations.actions.own_details.lock_user",
        lambda: set_picture(few.cole, content=media.picture(colour="teal")),
        lambda: set_picture(few.cole, content=media.picture(colour="orange")),
        of=few.acme,
    )
    assert met.waited
    assert [path.name for path in (tmp_path / "faces").iterdir()] == [met.second.picture.name.partition("/")[2]]


def test_nobody_stands_in_for_whoever_stands_in_for_them(few: Few) -> None:
    def away(member: Member, deputy: Member) -> Absence:
        days = {"first_day": now().date() + timedelta(days=2), "last_day": now().date() + timedelta(days=3)}
        return plan_absence(few.olive, member, deputy=deputy, **days)

    met = overlapping(
        "organizations.actions.absences.plan_absence",
        lambda: away(few.lena, few.priya),
        lambda: away(few.priya, few.lena),
        of=few.acme,
    )
    assert (type(met.first), type(met.second)) == (Absence, Invalid)


def test_an_absence_ends_once(few: Few) -> None:
    with scope(few.acme):
        absence = Absence.objects.create(
            member=few.lena, deputy=few.priya, starts_at=now() - LONG_AGO, ends_at=now() + LONG_AGO
        )
    met = overlapping(
        "organizations.actions.absences.end_absence",
        lambda: end_absence(few.olive, absence),
        lambda: end_absence(few.lena, absence),
        of=few.acme,
    )
    assert (met.first, met.second) == (None, None)
    assert noted(few, "absence.ended") == 1


def test_whoever_comes_back_comes_back_once(few: Few) -> None:
    with scope(few.acme):
        offboard_member(few.olive, few.cole, successor=few.priya)
    met = overlapping(
        "organizations.actions.joining.join_organization",
        lambda: join_organization(few.olive, few.acme, few.cole.user, role="member"),
        lambda: join_organization(few.olive, few.acme, few.cole.user, role="admin"),
        of=few.acme,
    )
    assert (type(met.first), type(met.second)) == (Member, Invalid)
    assert noted(few, "member.returned") == 1


def test_a_second_step_is_forgiven_once(few: Few) -> None:
    Member.unscoped.filter(pk=few.cole.pk).update(second_step_lost_at=now())
    met = overlapping(
        "organizations.actions.security.readmit_member",
        lambda: readmit_member(few.olive, few.cole),
        lambda: readmit_member(few.olive, few.cole),
        of=few.acme,
    )
    assert (met.first, met.second, noted(few, "member.let_in_again")) == (None, None, 1)


def test_a_token_is_taken_back_once(few: Few) -> None:
    with scope(few.acme):
        token, _secret = create_api_token(few.olive, few.olive, name="Robot")
    met = overlapping(
        "organizations.actions.tokens.revoke_api_token",
        lambda: revoke_api_token(few.olive, token),
        lambda: revoke_api_token(few.olive, token),
        of=few.acme,
    )
    assert (met.first, met.second, noted(few, "token.revoked")) == (None, None, 1)


# --- invitations --------------------------------------------------------------------------------------------------


@pytest.fixture
def invitation(few: Few) -> Invitation:
    with scope(few.acme):
        return invite_member(few.olive, email=f"nia@{few.acme.slug}.example")


def accepted(invitation: Invitation) -> Member:
    return accept_invitation(invitation, name="Nia", password="correct horse battery")


def test_an_invitation_that_is_accepted_is_not_taken_back(few: Few, invitation: Invitation) -> None:
    met = overlapping(
        "organizations.actions.invitations.accept_invitation",
        lambda: accepted(invitation),
        lambda: revoke_invitation(few.olive, invitation),
        of=few.acme,
    )
    assert (type(met.first), type(met.second), met.waited) == (Member, Conflict, True)


def test_an_invitation_that_was_accepted_just_now_is_not_taken_back(few: Few, invitation: Invitation) -> None:
    met = overlapping(
        "organizations.actions.invitations.update_open_invitation",
        lambda: revoke_invitation(few.olive, invitation),
        lambda: accepted(invitation),
        of=few.acme,
    )
    assert (type(met.first), type(met.second)) == (Conflict, Member)
    assert noted(few, "invitation.revoked") == 0


def test_nor_declined(few: Few, invitation: Invitation) -> None:
    met = overlapping(
        "organizations.actions.ways_in.decline_invitation",
        lambda: decline_invitation(few.cole.user, invitation.pk),
        lambda: accepted(invitation),
        of=few.acme,
    )
    assert isinstance(met.second, Member), met
    assert noted(few, "invitation.declined") == 0


def test_an_invitation_is_mailed_by_one(few: Few, invitation: Invitation) -> None:
    Invitation.unscoped.filter(pk=invitation.pk).update(mail_due_at=now() - LONG_AGO)
    met = overlapping(
        "organizations.people.invitation_mails.claim_invitation",
        lambda: invitation_mails.claim_invitation(now()),
        lambda: invitation_mails.claim_invitation(now()),
        of=None,
    )
    assert met.first[0] == invitation
    assert met.second is None or met.second[0] != invitation
    assert not met.waited


# --- notices and mail ---------------------------------------------------------------------------------------------


def tell(few: Few, cause: str = "thing") -> None:
    notify([few.cole], cause, kind="quota", title="It failed", url="/")


@pytest.fixture
def told(few: Few) -> Notification:
    with scope(few.acme):
        tell(few)
        return Notification.objects.get()


def test_what_happens_again_while_it_is_settled_is_told_again(few: Few, told: Notification) -> None:
    met = overlapping(
        "organizations.notifications.notices.settle_notices",
        lambda: settle_notices("thing"),
        lambda: tell(few),
        of=few.acme,
    )
    assert met.waited
    with scope(few.acme):
        assert list(Notification.objects.order_by("pk").values_list("count", "read_at")) == [
            (1, Notification.objects.get(pk=told.pk).read_at),
            (1, None),
        ]


def test_what_is_counted_up_is_not_read_unseen(few: Few, told: Notification) -> None:
    met = overlapping(
        "organizations.notifications.notices.upsert_notifications",
        lambda: tell(few),
        lambda: read_notification(few.cole, told.pk),
        of=few.acme,
    )
    assert met.waited
    told.refresh_from_db()
    assert (told.count, told.read_at is None) == (2, False)


@pytest.mark.parametrize(
    "lock",
    [
        "organizations.actions.notifications.read_notification",
        "organizations.actions.notifications.read_all_notifications",
    ],
)
def test_what_two_tabs_read_is_told_once(few: Few, told: Notification, monkeypatch, lock: str) -> None:
    pings: list[Member] = []
    monkeypatch.setattr("organizations.actions.notifications.ping_notifications", pings.append)
    reads = {
        "read_notification": lambda: read_notification(few.cole, told.pk),
        "read_all_notifications": lambda: read_all_notifications(few.cole),
    }[lock.rpartition(".")[2]]
    overlapping(lock, reads, reads, of=few.acme)
    assert pings == [few.cole]


def test_a_digest_is_collected_once(few: Few, told: Notification) -> None:
    with scope(few.acme):
        Notification.objects.update(for_digest=True)
        wishes = NotificationSettings.objects.create(
            member=few.cole, next_digest_at=now() - timedelta(minutes=1), digest_at=time(8)
        )
    met = overlapping(
        "organizations.notifications.digests.collect_digest",
        lambda: collect_digest(wishes.pk, now()),
        lambda: collect_digest(wishes.pk, now()),
        of=few.acme,
    )
    assert (met.first, met.second, met.waited) == (True, False, True)


def test_a_mail_is_sent_by_one(few: Few, told: Notification) -> None:
    with scope(few.acme):
        made = Mail.objects.create(member=few.cole, kind="notice", key="one", due_at=now() - LONG_AGO)
    met = overlapping(
        "organizations.notifications.mails.claim_mail",
        lambda: mails.claim_mail(now()),
        lambda: mails.claim_mail(now()),
        of=None,
    )
    assert (met.first, met.waited) == (made, False)
    assert met.second != made
    assert not isinstance(met.second, Exception)


# --- what is kept for a while -------------------------------------------------------------------------------------


def test_two_purges_of_sessions_pass_over_each_other(few: Few) -> None:
    Session.objects.all().delete()
    Session.objects.create(session_key="over", session_data="", expire_date=now() - LONG_AGO)
    met = overlapping(
        "organizations.notifications.retention.purge_session_batch",
        lambda: purge_ended_sessions(now()),
        lambda: purge_ended_sessions(now()),
        of=None,
    )
    assert (met.first, met.second, met.waited) == (1, 0, False)


def test_two_purges_of_notices_pass_over_each_other(few: Few, told: Notification) -> None:
    def work() -> int:
        return purge_rows(Notification.objects.filter(pk=told.pk))

    met = overlapping("foundation.database.purges.purge_row_batch", work, work, of=few.acme)
    assert (met.first, met.second, met.waited) == (1, 0, False)


# --- an organization's settings -----------------------------------------------------------------------------------


def renamed(few: Few, name: str) -> object:
    organization = now_of(few)
    return lambda: change_organization(few.olive, organization, name=name, time_zone="UTC", seen=organization.mark)


def bounded(few: Few, name: str) -> object:
    organization, days = now_of(few), 20 + len(name)
    return lambda: set_session_bounds(few.olive, organization, idle_days=7, days=days, seen=organization.bounds_mark)


def opened(few: Few, name: str) -> object:
    organization, week = now_of(few), {"monday": f"{len(name):02}:00-18:00"}
    return lambda: set_business_hours(few.olive, organization, week=week, seen=week_mark({}))


def pictured(few: Few, name: str) -> object:
    organization, content = now_of(few), media.picture(size=(40 + len(name), 40))
    return lambda: set_logo(few.olive, organization, content=content, seen=organization.logo_mark)


def asks_step(few: Few, name: str) -> object:
    organization, wanted = now_of(few), name == "One"
    return lambda: require_mfa(OPERATOR, organization, required=wanted, seen=organization.mfa_mark)


def signs_on(few: Few, name: str) -> object:
    return lambda: set_up(few, issuer=f"https://{name}.example", seen=NO_SIGN_ON)


@pytest.mark.parametrize(
    ("lock", "change"),
    [
        ("organizations.actions.organizations.change_organization", renamed),
        ("organizations.actions.security.set_session_bounds", bounded),
        ("organizations.actions.security.require_mfa", asks_step),
        ("organizations.actions.hours.set_business_hours", opened),
        ("organizations.actions.logo.lock_current_logo", pictured),
        ("organizations.actions.sign_on.set_sign_on", signs_on),
    ],
)
def test_of_two_who_saw_the_same_settings_one_changes_them(
    few: Few, settings, tmp_path, lock: str, change: Callable[[Few, str], Callable[[], object]]
) -> None:
    settings.MEDIA_ROOT = tmp_path
    met = overlapping(lock, change(few, "One"), change(few, "Others"), of=few.acme)
    assert not isinstance(met.first, Exception), met
    assert (type(met.second), met.waited) == (Overtaken, True)


def test_a_second_step_that_two_ask_for_is_noted_once(few: Few) -> None:
    met = overlapping(
        "organizations.actions.security.require_mfa#2",
        lambda: require_mfa(OPERATOR, few.acme, required=True),
        lambda: require_mfa(OPERATOR, now_of(few), required=True),
        of=few.acme,
        turn=1,
    )
    assert (met.first, met.second, noted(few, "organization.mfa_required")) == (None, None, 1)


def test_two_quotas_at_once_are_both_kept(few: Few) -> None:
    met = overlapping(
        "organizations.actions.quotas.set_quotas",
        lambda: set_quotas(OPERATOR, few.acme, {"storage": 5}),
        lambda: set_quotas(OPERATOR, few.acme, {"calls": 7}),
        of=few.acme,
    )
    assert met.waited
    assert now_of(few).quotas == {"storage": 5, "calls": 7}


def test_the_last_holiday_that_has_room_is_taken_once(few: Few, monkeypatch) -> None:
    monkeypatch.setattr("organizations.actions.hours.MOST_HOLIDAYS", 1)
    met = overlapping(
        "organizations.actions.hours.add_holiday",
        lambda: add_holiday(few.olive, few.acme, day=date(2030, 1, 1), name="New Year"),
        lambda: add_holiday(few.olive, few.acme, day=date(2030, 5, 1), name="May Day"),
        of=few.acme,
    )
    assert (type(met.first), type(met.second)) == (Holiday, Conflict)


def test_a_holiday_is_removed_once(few: Few) -> None:
    with scope(few.acme):
        holiday = add_holiday(few.olive, few.acme, day=date(2030, 1, 1), name="New Year")

    def remove() -> None:
        remove_holiday(few.olive, few.acme, holiday.pk)

    met = overlapping("organizations.actions.hours.remove_holiday", remove, remove, of=few.acme)
    assert (met.first, type(met.second), met.waited) == (None, NotFound, True)
    assert noted(few, "organization.holiday_removed") == 1


# --- single sign-on -----------------------------------------------------------------------------------------------


def domain_of(few: Few) -> str:
    return f"{few.acme.slug}.example"


def set_up(few: Few, **changes: Any) -> OrganizationSignOn:
    given = {
        "issuer": "https://login.example",
        "client_id": "social",
        "client_secret": "s3cret",
        "domains": [domain_of(few)],
        "default_role": "member",
        "required": False,
    }
    return set_sign_on(few.olive, few.acme, **{**given, **changes})


@pytest.fixture
def sign_on(few: Few) -> OrganizationSignOn:
    with scope(few.acme):
        made = set_up(few)
        prove_by_operator(OPERATOR, few.acme, domain_of(few))
        return made


@pytest.fixture
def domain(few: Few, sign_on: OrganizationSignOn) -> SignOnDomain:
    with scope(few.acme):
        return SignOnDomain.objects.get()


def nia(few: Few) -> Claims:
    return Claims("https://login.example", "1", f"nia@{domain_of(few)}", True, "Nia")


def test_whoever_comes_twice_at_once_is_one_person(few: Few, sign_on: OrganizationSignOn) -> None:
    met = overlapping(
        "organizations.actions.admitting.lock_sign_on",
        lambda: admit_by_sign_on(sign_on, nia(few)),
        lambda: admit_by_sign_on(sign_on, nia(few)),
        of=few.acme,
    )
    assert isinstance(met.first, Member), met
    assert (met.second, met.waited) == (met.first, True)
    assert User.objects.filter(email=f"nia@{domain_of(few)}").count() == 1


def test_nobody_comes_in_by_a_provider_that_is_being_changed(few: Few, sign_on: OrganizationSignOn) -> None:
    met = overlapping(
        "organizations.actions.sign_on.set_sign_on#2",
        lambda: set_up(few, issuer="https://other.example"),
        lambda: admit_by_sign_on(sign_on, nia(few)),
        of=few.acme,
    )
    assert isinstance(met.first, OrganizationSignOn), met
    assert (type(met.second), met.waited) == (SignOnFailed, True)


def test_a_sign_on_that_is_removed_is_not_changed(few: Few, sign_on: OrganizationSignOn) -> None:
    seen = OrganizationSignOn.unscoped.get(pk=sign_on.pk)
    with scope(few.acme):
        mark = seen.mark
    met = overlapping(
        "organizations.actions.sign_on.remove_sign_on",
        lambda: remove_sign_on(few.olive, few.acme, seen=mark),
        lambda: set_up(few, default_role="viewer", seen=mark),
        of=few.acme,
    )
    assert (met.first, type(met.second), met.waited) == (None, Overtaken, True)


def test_a_domain_that_is_given_up_is_not_proved_meanwhile(few: Few, domain: SignOnDomain) -> None:
    met = overlapping(
        "organizations.actions.domains.claim_domains",
        lambda: claim_domains(few.olive, few.acme, ["else.example"]),
        lambda: store_domain_lookup(System("domains"), domain, LookupResult.FOUND, at=now()),
        of=few.acme,
    )
    assert met.first == [[domain.name], ["else.example"]]
    assert (type(met.second), met.waited) == (NotFound, True)


def test_a_record_that_is_gone_is_told_once(few: Few, domain: SignOnDomain) -> None:
    SignOnDomain.unscoped.filter(pk=domain.pk).update(proved_by="record")

    def look() -> object:
        return store_domain_lookup(System("domains"), domain, LookupResult.ABSENT, at=now())

    met = overlapping("organizations.actions.domains.lock_domain", look, look, of=few.acme)
    assert (met.waited, noted(few, "domain.missing")) == (True, 1)


def test_what_the_operator_says_and_takes_back_are_one_after_the_other(few: Few, domain: SignOnDomain) -> None:
    SignOnDomain.unscoped.filter(pk=domain.pk).update(proved_by="record")
    met = overlapping(
        "organizations.actions.domains.prove_by_operator",
        lambda: prove_by_operator(OPERATOR, few.acme, domain.name),
        lambda: revoke_proof_by_operator(OPERATOR, few.acme, domain.name),
        of=few.acme,
    )
    assert met.waited
    domain.refresh_from_db()
    assert (domain.proved_at, domain.proved_by) == (None, "")


def test_a_word_is_taken_back_once(few: Few, domain: SignOnDomain) -> None:
    def take_back() -> object:
        return revoke_proof_by_operator(OPERATOR, few.acme, domain.name)

    met = overlapping("organizations.actions.domains.revoke_proof_by_operator", take_back, take_back, of=few.acme)
    assert (type(met.first), type(met.second)) == (SignOnDomain, NotFound)
    assert noted(few, "domain.lapsed") == 1
