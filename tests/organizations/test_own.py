"""What people say of themselves, the shell that stays around them, and whose sign-in page it is."""

import pytest
from django.core import signing
from django.core.files.base import ContentFile
from django.test import Client

from organizations.models import AuditEntry
from organizations.sign_in.known_devices import COOKIE, SALT
from tests.builders import PASSWORD

YOU = "/o/acme/settings/you/"
LOGIN = "/accounts/login/?next=/o/acme/inbox/"
SETTINGS = [
    "",
    "people/",
    "invitations/",
    "hours/",
    "security/",
    "tokens/",
    "security/tokens/",
    "notifications/",
    "you/",
]


def test_a_person_sets_their_own_name_and_clock(cast, sign_in, in_acme):
    client = sign_in(cast.ed)
    assert client.post(YOU, {"name": "Édouard", "time_zone": "Asia/Tokyo"}).status_code == 302
    cast.ed.user.refresh_from_db()
    assert (cast.ed.user.name, cast.ed.user.time_zone) == ("Édouard", "Asia/Tokyo")
    assert "Édouard" in client.get("/o/acme/settings/people/").content.decode()
    entry = AuditEntry.objects.get(verb="member.described")
    assert entry.change == {"name": ["Ed", "Édouard"], "time_zone": ["", "Asia/Tokyo"]}
    client.post(YOU, {"name": "Édouard", "time_zone": ""})
    cast.ed.user.refresh_from_db()
    assert cast.ed.user.time_zone == ""


@pytest.mark.parametrize(
    ("name", "zone"), [("", ""), ("x" * 121, ""), ("Ed\u202eward", ""), ("Ed", "Mars/North"), ("Ed\nBcc: x", "")]
)
def test_what_is_no_name_or_zone_is_told_beside_it(cast, sign_in, name, zone):
    assert sign_in(cast.ed).post(YOU, {"name": name, "time_zone": zone}).status_code == 422
    cast.ed.user.refresh_from_db()
    assert cast.ed.user.name == "Ed"


@pytest.mark.parametrize("page", SETTINGS)
def test_every_page_of_the_settings_has_the_menu_at_its_side(cast, sign_in, page):
    shown = sign_in(cast.olive).get(f"/o/acme/settings/{page}").content.decode()
    assert shown.count('class="settings-menu"') == 1
    here = f'href="/o/acme/settings/{page}" aria-current="page"'
    assert here in shown[shown.index('class="settings-menu"') :]


def test_the_menu_offers_nothing_that_one_may_not_open(cast, sign_in):
    shown = sign_in(cast.ed).get("/o/acme/settings/").content.decode()
    menu = shown[shown.index('class="settings-menu"') :].partition("</nav>")[0]
    assert "/settings/security/" not in menu
    assert "/settings/you/" in menu


@pytest.mark.parametrize(("page", "status"), [("posts/999999/", 404), ("settings/security/", 403)])
def test_an_error_keeps_the_shell(cast, sign_in, page, status):
    answer = sign_in(cast.ed).get(f"/o/acme/{page}")
    assert answer.status_code == status
    shown = answer.content.decode()
    assert 'class="sidebar"' in shown
    assert 'href="/o/acme/inbox/"' in shown
    stranger = sign_in(cast.mallory).get(f"/o/acme/{page}")
    assert stranger.status_code == 404
    assert "Acme" not in stranger.content.decode()
    assert 'href="/o/globex/inbox/"' in stranger.content.decode(), "her own"


@pytest.fixture
def logo(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cast.acme.logo.save("logo.png", ContentFile(b"\x89PNG\r\n\x1a\n"), save=True)
    return "/accounts/logo/acme/"


def test_a_browser_that_knows_the_organization_sees_its_logo_at_the_entrance(cast, logo):
    client = Client()
    client.post("/accounts/login/", {"login": "ed@acme.example", "password": PASSWORD})
    client.post("/accounts/logout/")
    shown = client.get(LOGIN).content.decode()
    assert f'src="{logo}"' in shown
    assert "<bdi>Acme</bdi>" in shown
    assert client.get(logo).status_code == 200
    assert "Acme" not in client.get("/accounts/login/?next=/o/globex/").content.decode()


def test_a_strangers_browser_learns_nothing(cast, logo):
    known_elsewhere = signing.dumps({"device": "d", "people": [cast.mallory.user_id]}, salt=SALT)
    for cookie in ("", "forged", known_elsewhere):
        client = Client()
        client.cookies[COOKIE] = cookie
        assert "Acme" not in client.get(LOGIN).content.decode()
        assert client.get(logo).status_code == 404


def test_that_a_text_is_kept_is_said_only_where_a_script_finds_it(cast):
    shown = Client().get(LOGIN).content.decode()
    assert "data-kept-note hidden" in shown
