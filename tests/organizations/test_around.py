"""The organization that stands around pages which belong to none: one's account, and errors."""

import pytest
from django.test import Client

from organizations.actions.leaving import offboard_member
from organizations.actions.security import require_mfa
from organizations.actors import System
from organizations.models import Member
from organizations.tenancy import scope
from tests.signing_in import signed_in

PAGE = {"Accept": "text/html"}
ACCOUNT = [
    "ways-in/",
    "email/",
    "password/change/",
    "2fa/",
    "2fa/totp/activate/",
    "2fa/webauthn/",
    "2fa/webauthn/add/",
    "sessions/",
    "reauthenticate/",
]


@pytest.fixture
def both(cast, sign_in) -> Client:
    """Ed, who belongs to globex too."""
    with scope(cast.globex):
        Member.objects.create(user=cast.ed.user, organization=cast.globex, role="member")
    return sign_in(cast.ed)


def visit(client: Client, slug: str, **headers: str) -> None:
    assert client.get(f"/o/{slug}/", headers={**PAGE, **headers}).status_code == 200


def shell_of(answer) -> str:
    """The slug of the organization around a page; empty for a plain one."""
    page = answer.content.decode()
    if 'class="sidebar"' not in page:
        assert "/o/" not in page.partition("<main")[0], "a plain page names no organization"
        return ""
    return page.partition('/inbox/" title="Inbox"')[0].rpartition('href="/o/')[2]


@pytest.mark.parametrize("path", ACCOUNT)
def test_ones_account_stands_in_the_organization_that_one_came_from(both, path):
    for slug in ("globex", "acme", "globex"):
        visit(both, slug)
        answer = both.get(f"/accounts/{path}")
        assert (answer.status_code, shell_of(answer)) == (200, slug)
    page = answer.content.decode()
    assert 'href="/accounts/ways-in/" aria-current="page"' in page.partition('class="settings-menu"')[2]
    assert page.count("<h1") == 1
    assert "Back to work" not in page


def test_a_refused_form_keeps_it_too(both):
    visit(both, "globex")
    answer = both.post("/accounts/password/change/", {"oldpassword": "wrong", "password1": "a", "password2": "b"})
    assert (answer.status_code, shell_of(answer)) == (200, "globex")


def test_parts_of_a_page_in_another_tab_do_not_count(both):
    visit(both, "globex")
    both.get("/o/acme/badges/", headers={"HX-Request": "true", **PAGE})
    both.get("/o/acme/find/?q=x")
    assert shell_of(both.get("/accounts/ways-in/")) == "globex"


def test_whoever_begins_there_gets_the_first_that_they_may_enter(both):
    assert shell_of(both.get("/accounts/ways-in/")) == "acme"
    assert both.get("/").url == "/o/acme/"
    visit(both, "globex")
    assert both.get("/").url == "/o/globex/"


def test_an_organization_that_may_not_be_entered_stands_around_nothing(cast, both):
    visit(both, "globex")
    with scope(cast.globex):
        require_mfa(System("test"), cast.globex, required=True)
    assert shell_of(both.get("/accounts/2fa/")) == "acme"
    with scope(cast.acme):
        require_mfa(System("test"), cast.acme, required=True)
    answer = both.get("/accounts/2fa/")
    assert shell_of(answer) == ""
    assert "Back to work" in answer.content.decode()


def test_an_organization_that_one_has_left_does_not(cast, both):
    visit(both, "acme")
    with scope(cast.acme):
        offboard_member(cast.olive, cast.ed, successor=cast.lena)
    client = signed_in(cast.ed)
    session = client.session
    session["last_organization"] = cast.acme.pk
    session.save()
    assert shell_of(client.get("/accounts/ways-in/")) == "globex"
    with scope(cast.globex):
        Member.objects.filter(user=cast.ed.user).delete()
    assert shell_of(client.get("/accounts/ways-in/")) == ""


@pytest.mark.parametrize(
    "path",
    ["/o/globex/", "/o/globex/nothing/", "/o/nobody/", "/nothing/", "/accounts/sign-on/nobody/", "/join/none/x/"],
)
def test_an_error_anywhere_keeps_the_shell_and_tells_of_nobody_else(cast, sign_in, path):
    client = sign_in(cast.ed)
    visit(client, "acme")
    answer = client.get(path, headers=PAGE)
    assert (answer.status_code, shell_of(answer)) == (404, "acme")
    assert "Globex" not in answer.content.decode()


def test_a_stranger_gets_a_plain_error(cast, client):
    for path in ("/nothing/", "/accounts/sign-on/nobody/"):
        answer = client.get(path)
        assert (answer.status_code, shell_of(answer)) == (404, "")


def test_so_does_a_form_that_was_open_too_long(cast):
    client = signed_in(cast.ed, Client(enforce_csrf_checks=True))
    answer = client.post("/accounts/password/change/", {"oldpassword": "x"})
    assert (answer.status_code, shell_of(answer)) == (403, "acme")


def test_and_what_was_typed_into_it_is_kept_there(cast):
    client = signed_in(cast.ed, Client(enforce_csrf_checks=True))
    answer = client.post(
        "/o/acme/settings/you/", {"name": "Edward the Second"}, headers={"Origin": "http://testserver"}
    )
    assert (answer.status_code, shell_of(answer)) == (403, "acme")
    assert "Edward the Second" in answer.content.decode()


def test_what_broke_asks_nothing_of_the_database(cast, sign_in, monkeypatch, django_assert_max_num_queries):
    client = sign_in(cast.ed)
    visit(client, "acme")
    client.raise_request_exception = False
    monkeypatch.setattr("socialops.views.start.memberships_of", None)
    answer = client.get("/", headers=PAGE)
    assert (answer.status_code, shell_of(answer)) == (500, "")
