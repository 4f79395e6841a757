"""Where one is signed in: last seen, signing out one or all, and what ends with it."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils.timezone import now

from organizations.sign_in import sessions
from socialops import stream
from tests.builders import PASSWORD


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch):
    monkeypatch.setattr("socialops.stream.close_old_connections", lambda: None)
    sessions._noted.clear()


def signed_in(email="ed@acme.example"):
    client = Client(headers={"User-Agent": "Firefox"})
    assert client.post("/accounts/login/", {"login": email, "password": PASSWORD}).status_code == 302
    return client


def row_of(client):
    return UserSession.objects.get(session_key=client.session.session_key)


def test_each_device_is_listed_with_when_it_was_last_seen(cast):
    here, there = signed_in(), signed_in()
    UserSession.objects.filter(pk=row_of(there).pk).update(last_seen_at=now() - timedelta(days=3))
    page = here.get("/accounts/sessions/").content.decode()
    assert page.count("Firefox") == 2
    assert "Last seen" in page
    assert f"/accounts/sessions/{row_of(there).pk}/end/" in page
    assert f"/accounts/sessions/{row_of(here).pk}/end/" not in page


def test_being_seen_is_written_down_once_a_minute(cast, django_assert_num_queries):
    client = signed_in()
    old = now() - timedelta(hours=1)
    UserSession.objects.update(last_seen_at=old)
    client.get("/")
    assert row_of(client).last_seen_at == old, "signing in was noted a moment ago"
    sessions._noted.clear()
    client.get("/")
    assert row_of(client).last_seen_at > old


def test_signing_out_one_device_ends_its_pages_and_its_stream(cast):
    here, there = signed_in(), signed_in()
    key = there.session.session_key
    assert stream.find_rights(key, "acme") is not None
    assert here.post(f"/accounts/sessions/{row_of(there).pk}/end/").status_code == 302
    assert there.get("/o/acme/")["Location"].startswith("/accounts/login/")
    assert stream.find_rights(key, "acme") is None
    assert stream.AUTHORISED_FOR <= 60
    assert here.get("/o/acme/").status_code == 200


def test_signing_out_everywhere_else(cast):
    here, there = signed_in(), signed_in()
    here.post("/accounts/sessions/")
    assert there.get("/o/acme/").status_code == 302
    assert here.get("/o/acme/").status_code == 200


def test_nobody_ends_the_sessions_of_others(cast):
    mine, theirs = signed_in("mallory@globex.example"), signed_in()
    assert mine.post(f"/accounts/sessions/{row_of(theirs).pk}/end/").status_code == 404
    assert theirs.get("/o/acme/").status_code == 200


def test_a_new_password_signs_every_other_device_out(cast):
    here, there = signed_in(), signed_in()
    new = "another horse battery"
    answer = here.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}, follow=True
    )
    assert answer.status_code == 200
    assert there.get("/o/acme/").status_code == 302
    assert stream.find_rights(there.cookies["sessionid"].value, "acme") is None
