"""How long a session lasts: by default 14 days without a page and 30 in all, and as an organization says."""

from datetime import timedelta
from time import time

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils.timezone import now

from organizations.models import AuditEntry, Member, Organization
from organizations.sign_in import sessions
from organizations.tenancy import scope
from socialops import stream
from tests.builders import PASSWORD

DAY = 86_400


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch):
    monkeypatch.setattr("socialops.stream.close_old_connections", lambda: None)
    sessions._noted.clear()


@pytest.fixture
def ed(cast):
    with scope(cast.globex):
        Member.objects.create(user=cast.ed.user, organization=cast.globex, role="member")
    client = Client()
    client.post("/accounts/login/", {"login": "ed@acme.example", "password": PASSWORD})
    return client


def begun(client, days):
    session = client.session
    session["began"] = int(time() - days * DAY)
    session.save()


def away(client, days):
    UserSession.objects.filter(session_key=client.session.session_key).update(last_seen_at=now() - timedelta(days=days))
    sessions._noted.clear()


def is_in(client, slug="acme"):
    answer = client.get(f"/o/{slug}/")
    assert answer.status_code in (200, 302)
    return answer.status_code == 200


def choose(organization, **days):
    Organization.objects.filter(pk=organization.pk).update(**days)


@pytest.mark.parametrize(("days", "there"), [(13.9, True), (14.1, False)])
def test_without_a_page_for_fourteen_days(ed, days, there):
    away(ed, days)
    assert is_in(ed) is there
    assert ("_auth_user_id" in ed.session) is there
    if not there:
        assert ed.get("/o/acme/inbox/?q=1")["Location"] == "/accounts/login/?next=/o/acme/inbox/%3Fq%3D1"


@pytest.mark.parametrize(("days", "there"), [(29.9, True), (30.1, False)])
def test_thirty_days_in_all(ed, days, there):
    begun(ed, days)
    assert is_in(ed) is there


@pytest.mark.parametrize("address", ["/accounts/ways-in/", "/accounts/email/", "/accounts/password/change/"])
def test_the_account_itself_too(ed, address):
    begun(ed, 31)
    assert ed.get(address)["Location"].startswith("/accounts/login/")


def test_an_invitation_is_not_accepted_by_a_session_that_is_over(ed):
    begun(ed, 31)
    ed.get("/join/nothing/")
    assert "_auth_user_id" not in ed.session


def test_each_organization_has_its_own_bounds(ed, cast):
    choose(cast.acme, session_days=90, session_idle_days=30)
    choose(cast.globex, session_days=2)
    begun(ed, 40)
    assert is_in(ed, "acme")
    assert not is_in(ed, "globex")


def test_coming_back_through_a_lenient_one_does_not_open_a_strict_one(ed, cast):
    choose(cast.acme, session_idle_days=2)
    away(ed, 5)
    assert is_in(ed, "globex")
    assert is_in(ed, "globex")
    assert not is_in(ed, "acme")


def test_the_stream_closes_with_the_session(ed, cast):
    key = ed.session.session_key
    assert stream.find_rights(key, "acme") is not None
    away(ed, 15)
    assert stream.find_rights(key, "acme") is None
    away(ed, 1)
    begun(ed, 31)
    assert stream.find_rights(key, "acme") is None


def test_parts_of_a_page_are_told_as_when_signed_out(ed):
    begun(ed, 31)
    here, signed_out = ed.get("/o/acme/", headers={"HX-Request": "true"}), Client()
    assert here.status_code == signed_out.get("/o/acme/", headers={"HX-Request": "true"}).status_code


def test_a_token_is_no_session(ed, cast, api):
    caller = api(cast.ed)
    choose(cast.acme, session_idle_days=1, session_days=1)
    assert caller.get("profiles/").status_code == 200


def test_a_session_with_another_key_is_still_known(ed):
    """Otherwise nobody would notice how long it is not used."""
    UserSession.objects.all().delete()
    sessions._noted.clear()
    assert is_in(ed)
    away(ed, 15)
    assert not is_in(ed)


class TestChoosing:
    WHERE = "/o/acme/settings/security/sessions/"

    def test_an_admin_does_and_it_is_written_down(self, cast, sign_in):
        client = sign_in(cast.olive)
        for _twice in range(2):
            assert client.post(self.WHERE, {"idle_days": "3", "days": "7"}).status_code == 302
        cast.acme.refresh_from_db()
        assert (cast.acme.session_idle_days, cast.acme.session_days) == (3, 7)
        with scope(cast.acme):
            (entry,) = AuditEntry.objects.filter(verb="organization.sessions_bounded")
        assert entry.change == {"session_idle_days": [14, 3], "session_days": [30, 7]}
        assert 'value="3"' in client.get("/o/acme/settings/security/").content.decode()

    @pytest.mark.parametrize(
        "bad", [{"idle_days": "0"}, {"idle_days": "31"}, {"days": "91"}, {"days": ""}, {"days": "x"}]
    )
    def test_within_sane_limits(self, cast, sign_in, bad):
        assert sign_in(cast.olive).post(self.WHERE, {"idle_days": "3", "days": "7", **bad}).status_code == 422
        cast.acme.refresh_from_db()
        assert (cast.acme.session_idle_days, cast.acme.session_days) == (14, 30)

    def test_members_do_not(self, cast, sign_in):
        assert sign_in(cast.lena).post(self.WHERE, {"idle_days": "3", "days": "7"}).status_code == 403
