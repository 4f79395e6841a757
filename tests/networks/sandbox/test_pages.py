"""The pages: for members only, live, and with a voice for the audience."""

from io import BytesIO

import pytest
from django.core.files import File

from foundation.errors import Invalid
from networks.actions.profiles import connect_profile
from networks.contract import MediaKind
from networks.sandbox import practice_files
from networks.sandbox.accounts import open_account
from networks.sandbox.actions import write_entry
from networks.sandbox.models import Account, Entry
from organizations.sign_in.admission import SIGN_ON_KEY
from organizations.tenancy import scope
from tests.builders import SETUP


@pytest.fixture
def shop(acme, settings) -> Account:
    settings.SANDBOX = True
    with scope(acme):
        for network in ("x", "facebook"):
            connect_profile(SETUP, network, {"sandbox": True, "handle": "acme_shop"})
        return Account.objects.select_related("organization").get(network="x")


PNG = b"\x89PNG\r\n\x1a\n and the rest"
URL = "/sandbox/acme/x/acme_shop/"


def test_members_see_the_timeline(shop, cast, sign_in, acme) -> None:
    with scope(acme):
        entry = write_entry(shop, "<b>Fresh</b> boots", pushes=False)
    page = sign_in(cast.vic).get(URL)
    assert page.status_code == 200
    assert "&lt;b&gt;Fresh" in page.text
    assert f'id="post-{entry.remote_id}"' in page.text
    assert "nothing here leaves this server" in page.text
    assert "style=" not in page.text.replace('rel="stylesheet"', "")


def test_the_list_shows_own_organizations_only(shop, cast, sign_in) -> None:
    assert "acme_shop" in sign_in(cast.vic).get("/sandbox/").text
    assert "acme_shop" not in sign_in(cast.mallory).get("/sandbox/").text


def test_the_list_shows_only_what_this_session_may_enter(shop, cast, sign_in, acme) -> None:
    """One that came through another organization's sign-on, and one that lacks the second step."""
    through = sign_in(cast.vic)
    session = through.session
    session[SIGN_ON_KEY] = {"user": cast.vic.user_id, "only": True, "organizations": [cast.globex.pk]}
    session.save()
    for page in (through.get("/sandbox/"), through.get("/sandbox/", headers={"HX-Request": "true"})):
        assert page.status_code == 200
        assert "acme_shop" not in page.text
    acme.require_mfa = True
    acme.save(update_fields=["require_mfa"])
    assert "acme_shop" not in sign_in(cast.ed).get("/sandbox/").text


@pytest.fixture
def shows(shop, acme, settings, tmp_path):
    """shows(count) -> an entry of the shop's with so many pictures."""
    settings.MEDIA_ROOT = tmp_path

    def shown(count: int) -> Entry:
        with scope(acme):
            found = [
                practice_files.store_upload(
                    practice_files.begin_upload(
                        shop, kind=MediaKind.IMAGE, content_type="image/png", size=len(PNG), alt_text=f'Boot "{number}"'
                    ),
                    File(BytesIO(PNG)),
                )
                for number in range(count)
            ]
            return write_entry(shop, "Look", pushes=False, uploads=found)

    return shown


def test_pictures_are_shown_with_their_words_to_members_only(shows, cast, sign_in, client, acme, settings) -> None:
    with scope(acme):
        files = [f"{URL}file/{one.pk}/" for one in shows(2).files]
        unseen = practice_files.begin_upload(
            Account.objects.first(), kind=MediaKind.IMAGE, content_type="image/png", size=9
        )
    page = sign_in(cast.vic)
    timeline = page.get(URL).text
    assert [f'<img src="{one}"' in timeline for one in files] == [True, True]
    assert 'alt="Boot &quot;0&quot;"' in timeline
    answer = page.get(files[0])
    assert (answer.getvalue(), answer["Content-Type"]) == (PNG, "image/png")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert page.get(f"{URL}file/{unseen.pk}/").status_code == 404
    assert page.get(files[0].replace("/x/", "/facebook/")).status_code == 404
    assert sign_in(cast.mallory).get(files[0]).status_code == 404
    client.logout()
    assert client.get(files[0]).status_code == 302
    settings.SANDBOX = False
    assert sign_in(cast.vic).get(files[0]).status_code == 404


def test_a_file_that_is_lost_is_not_there(shows, cast, sign_in, tmp_path, acme) -> None:
    with scope(acme):
        (one,) = shows(1).files
    (tmp_path / one.file).unlink()
    assert sign_in(cast.vic).get(f"{URL}file/{one.pk}/").status_code == 404


@pytest.mark.parametrize("path", ["", "timeline/", "speak/", "like/1/", "fault/"])
def test_others_find_nothing(shop, cast, sign_in, client, path) -> None:
    method = "post" if path in {"like/1/", "fault/"} else "get"
    assert getattr(client, method)(URL + path).status_code == 302
    assert getattr(sign_in(cast.mallory), method)(URL + path).status_code == 404


@pytest.mark.parametrize("path", ["/sandbox/", URL, URL + "timeline/", URL + "speak/"])
def test_switched_off_there_are_no_pages(shop, cast, sign_in, settings, path) -> None:
    settings.SANDBOX = False
    assert sign_in(cast.olive).get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/sandbox/acme/x/nobody/", "/sandbox/acme/facebook/nobody/", "/sandbox/acme/x/nora_hikes/"]
)
def test_there_is_no_page_for_anybody_else(shop, cast, sign_in, path) -> None:
    assert sign_in(cast.olive).get(path).status_code == 404


@pytest.mark.parametrize("network", ["x", "facebook"])
def test_speaking_as_the_audience(shop, cast, sign_in, acme, network) -> None:
    page = sign_in(cast.cole)
    url = f"/sandbox/acme/{network}/acme_shop/"
    said = page.post(url + "speak/", {"persona": "nora_hikes", "text": "Where is my order?"})
    assert said.status_code == 200
    with scope(acme):
        entry = Entry.objects.get(network=network)
    assert entry.author.is_audience
    assert entry.text == ("@acme_shop Where is my order?" if network == "x" else "Where is my order?")
    answer = {"persona": "other", "name": "Pía Ñandú", "text": "Mine too!", "under": entry.pk}
    assert page.post(url + "speak/", answer).status_code == 200
    assert page.post(f"{url}like/{entry.pk}/").status_code == 200
    with scope(acme):
        entry.refresh_from_db()
        assert entry.likes == 1
        assert entry.answers.get().author.name == "Pía Ñandú"
    assert page.get(url).text.index("Where is my order?") < page.get(url).text.index("Mine too!")


@pytest.mark.parametrize(
    "sent",
    [
        {"persona": "nora_hikes", "text": ""},
        {"persona": "nora_hikes", "text": "x" * 100_000},
        {"persona": "nora_hikes", "text": "nul \0"},
        {"persona": "other", "name": "", "text": "Who am I?"},
        {"persona": "other", "name": "!!!", "text": "Who am I?"},
        {"persona": "nobody", "text": "Who am I?"},
    ],
)
def test_bad_input_is_said_and_nothing_is_stored(shop, cast, sign_in, acme, sent) -> None:
    answer = sign_in(cast.cole).post(URL + "speak/", sent)
    assert answer.status_code == 422
    assert "field__error" in answer.text
    with scope(acme):
        assert not Entry.objects.exists()


@pytest.mark.parametrize("under", ["404", "-1", "x", "9" * 30])
def test_answering_what_is_not_there(shop, cast, sign_in, under) -> None:
    answer = sign_in(cast.cole).post(URL + "speak/", {"persona": "nora_hikes", "text": "Hi", "under": under})
    assert answer.status_code in {404, 422}


def test_nobody_speaks_as_the_organization_itself(shop, cast, sign_in, acme) -> None:
    sign_in(cast.cole).post(URL + "speak/", {"persona": "other", "name": "Acme Shop", "text": "It is me"})
    with scope(acme):
        assert Entry.objects.get().author != shop


def test_nothing_is_sent_while_nothing_changes(shop, cast, sign_in, acme) -> None:
    page = sign_in(cast.vic)
    seen = page.get(URL + "timeline/").context["version"]
    assert page.get(URL + "timeline/", {"seen": seen}).status_code in {204, 200}
    with scope(acme):
        write_entry(shop, "News", pushes=False)
    assert "News" in page.get(URL + "timeline/", {"seen": seen}).text


def test_the_page_costs_few_queries(shop, shows, cast, sign_in, acme, django_assert_max_num_queries) -> None:
    for _ in range(3):
        shows(2)
    with scope(acme):
        for number in range(12):
            root = write_entry(shop, f"Post {number}", pushes=False)
            write_entry(shop, f"Answer {number}", under=root, pushes=False)
    page = sign_in(cast.vic)
    with django_assert_max_num_queries(13):
        page.get(URL)


def test_a_permalink_shows_an_old_thread_too(shop, cast, sign_in, acme) -> None:
    with scope(acme):
        old = write_entry(shop, "The very first", pushes=False)
        for number in range(31):
            write_entry(shop, f"Post {number}", pushes=False)
    page = sign_in(cast.vic)
    assert "The very first" not in page.get(URL).text
    assert "The very first" in page.get(URL, {"post": old.remote_id}).text


@pytest.mark.parametrize("handle", ["", " ", "a b", "é", "a/b", "<b>", "x" * 51, "..", "a\0"])
def test_a_handle_is_checked(acme, in_acme, handle) -> None:
    with pytest.raises(Invalid) as caught:
        open_account("x", handle=handle)
    assert list(caught.value.fields) == ["credentials"]


def test_faults_are_switched_on_and_off_on_the_page(shop, cast, sign_in) -> None:
    page = sign_in(cast.olive)
    assert "Nothing." in page.get(URL + "fault/").text
    shown = page.post(URL + "fault/", {"kind": "cut_after", "times": "3"})
    assert "Published, then the connection breaks" in shown.text
    assert "For the next 3 posts" in shown.text
    shown = page.post(URL + "fault/", {"kind": "slow", "times": "always", "seconds": "2"})
    assert "2 seconds" in shown.text
    assert [(row.kind, row.left, row.seconds) for row, _kind in shown.context["faults"]] == [
        ("cut_after", 3, 0),
        ("slow", None, 2),
    ]
    shown = page.post(URL + "fault/", {"off": "cut_after"})
    assert [row.kind for row, _kind in shown.context["faults"]] == ["slow"]
    assert page.post(URL + "fault/", {"off": ""}).context["faults"] == []


@pytest.mark.parametrize("sent", [{"kind": "meteor", "times": "1"}, {"kind": "slow", "times": "1", "seconds": "999"}])
def test_a_fault_that_there_is_not_is_refused(shop, cast, sign_in, sent) -> None:
    answer = sign_in(cast.olive).post(URL + "fault/", sent)
    assert answer.status_code == 422
    assert "field__error" in answer.text
    assert answer.context["faults"] == []


def test_a_network_that_is_down_is_down_for_every_profile_of_the_organization(shop, cast, sign_in) -> None:
    page = sign_in(cast.olive)
    page.post(URL + "fault/", {"kind": "down", "times": "1"})
    assert "all profiles of this practice network" in page.get(URL).text
    assert "Nothing." in page.get("/sandbox/acme/facebook/acme_shop/fault/").text
