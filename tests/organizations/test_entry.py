"""What keeps a member out of an organization, hindrance by hindrance and from both sides; and how long a session lasts."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.utils.timezone import now

from foundation.errors import NotFound, PermissionDenied
from organizations.access import (
    access_member,
    lock_present_member,
    member_of,
    memberships_of,
    require_admin,
    require_owner,
    require_rank,
)
from organizations.actions.domains import prove_by_operator
from organizations.actions.sign_on import set_sign_on
from organizations.actors import System
from organizations.models import Member, Organization, Role
from organizations.sign_in import admission, session_bounds, sessions
from organizations.sign_in.admission import Hindrance, hindrance, note_own_proof, note_sign_on, token_hindrance
from organizations.sign_in.session_bounds import DAY_SECONDS, GAP, begin_session, is_session_over, note_gap
from organizations.tenancy import scope
from tests.organizations.conftest import OPERATOR

pytestmark = pytest.mark.usefixtures("in_acme")
GIVEN: dict[str, Any] = {
    "issuer": "https://login.example",
    "client_id": "c",
    "client_secret": "s",
    "domains": ["acme.example"],
    "default_role": "member",
}


def session_of(*, days: float = 0, gap: float = 0) -> SessionStore:
    session = SessionStore()
    begin_session(session)
    session["began"] -= int(days * DAY_SECONDS)
    session[GAP] = int(gap * DAY_SECONDS)
    return session


def through(member: Member, *organizations: Organization, only: bool = True) -> SessionStore:
    session = session_of()
    for one in organizations:
        note_sign_on(session, member.user, one.pk, only=only)
    return session


def fresh(member: Member) -> Member:
    """As the gate reads it."""
    return Member.objects.select_related("user", "organization__sign_on").get(pk=member.pk)


@pytest.fixture
def required(cast):
    """acme asks for its own sign-on, at a proved domain."""
    set_sign_on(cast.olive, cast.acme, **GIVEN, required=True)
    prove_by_operator(OPERATOR, cast.acme, "acme.example")
    return cast


class TestAMembersSession:
    def test_of_its_own_sign_in_opens(self, cast):
        assert hindrance(fresh(cast.lena), session_of()) is None

    @pytest.mark.parametrize(
        ("days", "gap", "over"), [(29.9, 0, False), (30.1, 0, True), (0, 14, False), (0, 14.1, True), (29, 13, False)]
    )
    def test_is_over_as_the_organization_says(self, cast, days, gap, over):
        expected = Hindrance.SESSION_OVER if over else None
        assert hindrance(fresh(cast.lena), session_of(days=days, gap=gap)) == expected
        Organization.objects.filter(pk=cast.acme.pk).update(session_days=60, session_idle_days=28)
        assert hindrance(fresh(cast.lena), session_of(days=days * 2, gap=gap * 2)) == expected

    def test_must_have_come_through_a_sign_on_that_is_required(self, required):
        lena, acme = fresh(required.lena), required.acme
        assert hindrance(lena, session_of()) == Hindrance.SIGN_ON
        assert hindrance(lena, through(lena, required.globex)) == Hindrance.SIGN_ON
        assert hindrance(lena, through(lena, acme)) is None
        assert hindrance(lena, through(lena, required.globex, acme)) is None
        assert hindrance(lena, through(required.ed, acme)) == Hindrance.SIGN_ON  # a note about somebody else
        assert hindrance(fresh(required.olive), session_of()) is None  # somebody must be able to repair it

    def test_need_not_where_it_is_not_required_or_does_not_cover_the_address(self, required):
        required.ed.user.email = "ed@elsewhere.example"
        required.ed.user.save()
        assert hindrance(fresh(required.ed), session_of()) is None
        set_sign_on(required.olive, required.acme, **GIVEN, required=False)
        assert hindrance(fresh(required.lena), session_of()) is None

    def test_that_came_through_another_organization_alone_opens_nothing_here(self, cast):
        lena = fresh(cast.lena)
        session = through(lena, cast.globex)
        assert hindrance(lena, session) == Hindrance.SIGN_IN
        assert hindrance(lena, through(cast.ed, cast.globex)) is None
        assert hindrance(lena, through(lena, cast.globex, only=False)) is None
        assert note_own_proof(session, lena.user) is True
        assert hindrance(lena, session) is None
        assert note_own_proof(session, lena.user) is False

    def test_a_token_is_no_way_around_it(self, required):
        lena = fresh(required.lena)
        assert token_hindrance(SimpleNamespace(member=lena, by_sign_on=False)) == Hindrance.SIGN_ON
        assert token_hindrance(SimpleNamespace(member=lena, by_sign_on=True)) is None
        Organization.objects.filter(pk=required.acme.pk).update(require_mfa=True)
        by_sign_on = SimpleNamespace(member=fresh(required.lena), by_sign_on=True)
        assert token_hindrance(by_sign_on) == Hindrance.SET_UP_MFA

    def test_needs_a_confirmed_address_where_that_is_asked(self, cast, settings):
        lena = fresh(cast.lena)
        settings.REQUIRE_VERIFIED_EMAIL = False
        assert hindrance(lena, session_of()) is None
        settings.REQUIRE_VERIFIED_EMAIL = True
        assert hindrance(lena, session_of()) == Hindrance.VERIFY_EMAIL
        EmailAddress.objects.create(user=cast.ed.user, email="ed@acme.example", verified=True)
        address = EmailAddress.objects.create(user=lena.user, email="lena@acme.example", verified=False)
        assert hindrance(lena, session_of()) == Hindrance.VERIFY_EMAIL
        address.verified = True
        address.save()
        assert hindrance(lena, session_of()) is None

    @pytest.mark.parametrize(
        ("kind", "counts"),
        [
            (Authenticator.Type.TOTP, True),
            (Authenticator.Type.WEBAUTHN, True),
            (Authenticator.Type.RECOVERY_CODES, False),
        ],
    )
    def test_needs_a_second_step_where_that_is_asked(self, cast, kind, counts):
        Authenticator.objects.create(user=cast.ed.user, type=Authenticator.Type.TOTP, data={})
        assert hindrance(fresh(cast.lena), session_of()) is None
        Organization.objects.filter(pk=cast.acme.pk).update(require_mfa=True)
        assert hindrance(fresh(cast.lena), session_of()) == Hindrance.SET_UP_MFA
        Authenticator.objects.create(user=cast.lena.user, type=kind, data={})
        assert hindrance(fresh(cast.lena), session_of()) == (None if counts else Hindrance.SET_UP_MFA)

    def test_waits_for_an_admin_after_a_second_step_was_taken_away(self, cast):
        Authenticator.objects.create(user=cast.lena.user, type=Authenticator.Type.TOTP, data={})
        Member.objects.filter(pk=cast.lena.pk).update(second_step_lost_at=now())
        assert hindrance(fresh(cast.lena), session_of()) is None
        Organization.objects.filter(pk=cast.acme.pk).update(require_mfa=True)
        assert hindrance(fresh(cast.lena), session_of()) == Hindrance.LET_IN


class TestWhatASessionRemembers:
    def test_every_organization_that_vouched_for_it(self, cast):
        lena, session = cast.lena.user, session_of()
        for pk in (7, 3, 7):
            note_sign_on(session, lena, pk, only=True)
        assert session["signed_on"] == {"user": lena.pk, "only": True, "organizations": [3, 7]}

    @pytest.mark.parametrize(("first", "second"), [(True, False), (False, True)])
    def test_that_it_began_with_a_proof_of_ones_own_or_without(self, cast, first, second):
        session = session_of()
        note_sign_on(session, cast.lena.user, 3, only=first)
        note_sign_on(session, cast.lena.user, 7, only=second)
        assert admission.is_borrowed_session(session, cast.lena.user) is first

    def test_nothing_of_who_was_signed_in_before(self, cast):
        session = session_of()
        note_sign_on(session, cast.ed.user, 3, only=True)
        assert admission.sign_on_note(session, cast.lena.user) == {}
        assert admission.is_borrowed_session(session, cast.lena.user) is False
        note_sign_on(session, cast.lena.user, 7, only=False)
        assert session["signed_on"] == {"user": cast.lena.user_id, "only": False, "organizations": [7]}

    def test_its_organizations_when_it_becomes_ones_own(self, cast):
        session = through(cast.lena, cast.acme)
        note_own_proof(session, cast.lena.user)
        assert session["signed_on"] == {"user": cast.lena.user_id, "only": False, "organizations": [cast.acme.pk]}


class TestHowLongItLasts:
    NOW = 2_000_000_000

    @pytest.mark.parametrize(
        ("kept", "limits", "over"),
        [
            ({}, {}, False),
            ({"began": NOW - 30 * DAY_SECONDS}, {}, False),
            ({"began": NOW - 30 * DAY_SECONDS - 1}, {}, True),
            ({GAP: 14 * DAY_SECONDS}, {}, False),
            ({GAP: 14 * DAY_SECONDS + 1}, {}, True),
            ({}, {"idle_days": 0}, False),
            ({"began": NOW - 2 * DAY_SECONDS, GAP: DAY_SECONDS}, {"days": 2, "idle_days": 1}, False),
            ({"began": NOW - 2 * DAY_SECONDS - 1, GAP: DAY_SECONDS}, {"days": 2, "idle_days": 1}, True),
            ({"began": NOW - 2 * DAY_SECONDS, GAP: DAY_SECONDS + 1}, {"days": 2, "idle_days": 1}, True),
        ],
    )
    def test_so_many_days_in_all_and_so_many_without_a_page(self, monkeypatch, kept, limits, over):
        monkeypatch.setattr(session_bounds.time, "time", lambda: self.NOW)
        session = SessionStore()
        session.update(kept)
        assert is_session_over(session, **limits) is over

    def test_it_begins_now(self, monkeypatch):
        monkeypatch.setattr(session_bounds.time, "time", lambda: self.NOW + 0.9)
        begin_session(session := SessionStore())
        assert session["began"] == self.NOW

    def seen(self, cast, *, ago: timedelta, gap: int = 0) -> UserSession:
        row = UserSession.objects.create(
            user=cast.lena.user, session_key="k", ip="127.0.0.1", data={GAP: gap, "kept": 1} if gap else {"kept": 1}
        )
        UserSession.objects.filter(pk=row.pk).update(last_seen_at=self.at - ago)
        return row

    @pytest.fixture(autouse=True)
    def _clock(self, monkeypatch):
        self.at = now()
        monkeypatch.setattr(session_bounds, "now", lambda: self.at)

    @pytest.mark.parametrize(
        ("ago", "before", "kept"),
        [
            (timedelta(seconds=DAY_SECONDS - 1), {}, None),
            (timedelta(seconds=DAY_SECONDS), {}, DAY_SECONDS),
            (timedelta(days=3), {GAP: DAY_SECONDS}, 3 * DAY_SECONDS),
            (timedelta(days=3), {GAP: 5 * DAY_SECONDS}, 5 * DAY_SECONDS),
        ],
    )
    def test_the_longest_time_away_is_kept(self, cast, ago, before, kept):
        row, session = self.seen(cast, ago=ago), SessionStore()
        session.update(before)
        assert note_gap(session, "k", used=True) is True
        assert session.get(GAP) == kept
        row.refresh_from_db()
        assert row.last_seen_at == self.at
        away = int(ago.total_seconds())
        assert row.data == ({"kept": 1, GAP: away} if away >= DAY_SECONDS else {"kept": 1})

    def test_who_only_looks_writes_nothing_down(self, cast):
        row, session = self.seen(cast, ago=timedelta(days=3)), SessionStore()
        assert note_gap(session, "k", used=False) is True
        assert session[GAP] == 3 * DAY_SECONDS
        row.refresh_from_db()
        assert (row.last_seen_at, row.data) == (self.at - timedelta(days=3), {"kept": 1})

    def test_what_was_noted_by_another_counts(self, cast):
        row, session = self.seen(cast, ago=timedelta(hours=1), gap=2 * DAY_SECONDS), SessionStore()
        assert note_gap(session, "k", used=True) is True
        assert session[GAP] == 2 * DAY_SECONDS
        row.refresh_from_db()
        assert row.data == {"kept": 1, GAP: 2 * DAY_SECONDS}

    def test_of_a_session_that_is_not_listed_nothing_is_known(self, cast):
        self.seen(cast, ago=timedelta(days=3))
        assert note_gap(session := SessionStore(), "another", used=True) is False
        assert GAP not in session


class TestBeingSeen:
    @pytest.fixture(autouse=True)
    def _none_yet(self, monkeypatch):
        monkeypatch.setattr(sessions, "_noted", {})
        self.at, self.asked, self.known = 30.0, [], True  # a machine that has just started
        monkeypatch.setattr(sessions.time, "monotonic", lambda: self.at)

        def noted(_session, key, *, used):
            self.asked.append((key, used))
            return self.known

        monkeypatch.setattr(sessions, "note_gap", noted)
        self.listed: list[object] = []
        monkeypatch.setattr(UserSession.objects, "create_from_request", self.listed.append)

    @pytest.mark.parametrize(("later", "again"), [(59.9, 1), (60.0, 2)])
    def test_is_written_down_once_a_minute(self, later, again):
        request = SimpleNamespace(session="s")
        sessions.note_session_use(request, "k")
        self.at += later
        sessions.note_session_use(request, "k")
        assert self.asked == [("k", True)] * again
        sessions.note_session_use(request, "other")
        assert self.asked[-1] == ("other", True)
        assert self.listed == []

    def test_lists_a_session_that_has_another_key_by_now(self):
        self.known = False
        sessions.note_session_use(request := SimpleNamespace(session="s"), "k")
        assert self.listed == [request]

    def test_is_not_remembered_without_end(self, monkeypatch):
        monkeypatch.setattr(sessions, "MOST_NOTED", 2)
        for key in "abc":
            sessions.mark_use_noted(key)
        assert sessions._noted == {"c": 30.0}


class TestColleagues:
    def test_organizations_by_name_with_what_waits_there(self, cast):
        with scope(cast.globex):
            Member.objects.create(user=cast.lena.user, organization=cast.globex, role="viewer")
        found = memberships_of(cast.lena.user)
        assert [(one.organization.slug, one.role, one.unread) for one in found] == [
            ("acme", "member", 0),
            ("globex", "viewer", 0),
        ]
        assert all(one.user is cast.lena.user for one in found)
        assert member_of(found, "globex") is found[1]
        with pytest.raises(NotFound):
            member_of(found, "nowhere")

    def test_who_left_or_is_switched_off_enters_nothing(self, cast):
        Member.objects.filter(pk=cast.lena.pk).update(left_at=now())
        assert memberships_of(cast.lena.user) == []
        cast.ed.user.is_active = False
        cast.ed.user.save()
        assert memberships_of(cast.ed.user) == []

    def test_the_secret_of_a_sign_on_is_not_read_at_each_page(self, required, django_assert_num_queries):
        with django_assert_num_queries(1):
            (found,) = memberships_of(required.lena.user)
            assert found.organization.sign_on.required is True
            assert "client_secret" in found.organization.sign_on.get_deferred_fields()

    def test_everybody_may_look_up_a_colleague_and_nobody_else(self, cast, django_assert_num_queries):
        with django_assert_num_queries(1):
            found = access_member(cast.vic, cast.lena.pk)
            assert (found, found.user.email, found.organization.slug) == (cast.lena, "lena@acme.example", "acme")
        for pk in (cast.mallory.pk, 2**70, "bread"):
            with pytest.raises(NotFound):
                access_member(cast.olive, pk)

    def test_what_admins_do_others_do_not(self, cast):
        for somebody in (cast.olive, System("clock")):
            require_admin(somebody)
            require_owner(somebody)
        cast.lena.role = Role.ADMIN
        require_admin(cast.lena)
        with pytest.raises(PermissionDenied) as refused:
            require_owner(cast.lena)
        assert refused.value.user_message == "Only an owner of the organization can do that."
        with pytest.raises(PermissionDenied) as refused:
            require_admin(cast.ed)
        assert refused.value.user_message == "Only an owner or admin of the organization can do that."
        cast.olive.left_at = now()
        for door in (require_admin, require_owner, require_rank):
            with pytest.raises(PermissionDenied):
                door(cast.olive)

    def test_admins_act_on_nobody_above_themselves(self, cast):
        cast.lena.role = Role.ADMIN
        require_rank(cast.lena, Role.ADMIN, "member")
        require_rank(cast.olive, Role.OWNER)
        require_rank(System("clock"), Role.OWNER)
        with pytest.raises(PermissionDenied) as refused:
            require_rank(cast.lena, "member", "owner")
        assert refused.value.user_message == "Only an owner can do that."
        with pytest.raises(PermissionDenied):
            require_rank(cast.ed, "viewer")

    def test_whether_somebody_is_still_here(self, cast):
        assert lock_present_member(cast.lena) is True
        Member.objects.filter(pk=cast.lena.pk).update(left_at=now())
        assert lock_present_member(cast.lena) is False
        assert lock_present_member(cast.ed) is True


class TestEachPage:
    """What its session must be fit for; what each of the answers is made of is held elsewhere."""

    @pytest.fixture(autouse=True)
    def _answers(self, monkeypatch):
        self.answers = dict.fromkeys(
            ("is_session_over", "is_borrowed_session", "needs_own_sign_in", "needs_proof", "has_fresh_proof"), False
        )
        self.answers["is_account_view"] = False
        self.done: list[tuple] = []
        for name in self.answers:
            monkeypatch.setattr(sessions, name, lambda *given, name=name: given[0] is not None and self.answers[name])
        for name in ("note_session_use", "logout"):
            monkeypatch.setattr(sessions, name, lambda *given, name=name: self.done.append((name, *given[1:])))
        monkeypatch.setattr(sessions, "redirect_to_proof", lambda request: (request is self.request) and "Prove it")

    def page(self, *, key="k", signed_in=True, route="o/<slug>/", **answers):
        self.answers |= answers
        self.request = SimpleNamespace(
            session=SimpleNamespace(session_key=key),
            user=SimpleNamespace(is_authenticated=signed_in),
            resolver_match=SimpleNamespace(route=route) if route is not None else None,
        )
        return sessions.SessionsMiddleware(lambda request: "Answer").process_view(self.request, None, (), {})

    def test_goes_on(self):
        assert sessions.SessionsMiddleware(lambda request: f"To {request}")("Ed") == "To Ed"

    @pytest.mark.parametrize("given", [{"key": ""}, {"signed_in": False}])
    def test_of_nobody_is_nobodys_business(self, given):
        assert self.page(**given, needs_proof=True, is_session_over=True, is_account_view=True) is None
        assert self.done == []

    @pytest.mark.parametrize(
        ("given", "over"),
        [
            ({"is_account_view": True}, True),
            ({"route": "join/<token>/"}, True),
            ({"route": "o/<slug>/"}, False),
            ({"route": None}, False),
        ],
    )
    def test_that_belongs_to_the_person_ends_a_session_that_is_over(self, given, over):
        assert self.page(**given, is_session_over=True, needs_proof=over) is None
        assert self.done == [("note_session_use", "k"), *([("logout",)] if over else [])]
        self.done.clear()
        assert self.page(**given, is_session_over=False, needs_proof=False) is None
        assert self.done == [("note_session_use", "k")]

    @pytest.mark.parametrize(
        ("given", "asks"),
        [
            ({"needs_own_sign_in": True, "is_borrowed_session": True}, True),
            ({"needs_own_sign_in": True}, False),
            ({"is_borrowed_session": True}, False),
            ({"needs_proof": True}, True),
            ({"needs_proof": True, "has_fresh_proof": True}, False),
            ({"needs_own_sign_in": True, "is_borrowed_session": True, "has_fresh_proof": True}, True),
        ],
    )
    def test_asks_for_a_proof_where_one_is_needed(self, given, asks):
        assert self.page(**given) == ("Prove it" if asks else None)
