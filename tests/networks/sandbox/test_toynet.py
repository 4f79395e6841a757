"""A network that lives in a folder outside of the product (tests/toynet) is there everywhere, and works."""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from foundation.errors import Invalid
from inbox.models import Conversation, Message
from networks.actions.profiles import connect_profile
from networks.incoming.intake import poll_profile
from networks.models import Outgoing, Profile, RemotePost, WebhookReceipt
from networks.registry import adapter_classes, discover_manifests, manifest_of
from networks.sandbox import push_bodies
from networks.sandbox.actions import set_fault, write_entry
from networks.sandbox.faults import FAILED_AFTER
from networks.sandbox.models import Account
from networks.sandbox.personas import persona_account
from networks.tasks import digest
from organizations.models import Organization
from organizations.tenancy import scope
from publishing.actions.deliveries import parse_remote_id
from publishing.actions.schedule import publish_now
from socialops.demo import demo_past
from socialops.demo.demo_founding import create_northwind
from socialops.demo.demo_story import create_own_posts
from tests.builders import SETUP
from tests.networks.sandbox.test_adapters import entry
from tests.outbox.conftest import Outbox
from tests.posts import create_post
from tests.toynet.adapter import ToynetAdapter
from tests.toynet.live import toynet_there
from tests.toynet.manifest import MANIFEST

HANDLE = "acme_toys"


@pytest.fixture(autouse=True)
def _there(settings) -> Iterator[None]:
    settings.SANDBOX = True
    with toynet_there(settings):
        yield


@pytest.fixture
def toys(acme) -> Profile:
    """acme's profile on the practice network."""
    with scope(acme):
        return connect_profile(SETUP, "toynet", {"sandbox": True, "handle": HANDLE})


@pytest.fixture
def lively(connect: Callable[..., Profile], acme: Organization) -> Profile:
    """The same, where calls arrive."""
    return connect(acme, "toynet", HANDLE)


def printed(command: str, *words: str) -> str:
    said = io.StringIO()
    with suppress(SystemExit):  # doctor finds something wrong
        call_command(command, *words, stdout=said)
    return said.getvalue()


def test_it_comes_where_its_manifest_says(acme) -> None:
    assert [one.network for one in adapter_classes()] == ["x", "facebook", "toynet"]
    assert manifest_of("toynet") is MANIFEST


def test_the_composer_offers_it_with_its_name_and_mark(toys, cast, sign_in) -> None:
    page = sign_in(cast.olive).get("/o/acme/compose/").text
    assert re.search(r'aria-label="Toynet"[^>]*><svg[^>]*><path class="toy"', page)
    assert HANDLE in page


def test_the_calendar_draws_its_mark(toys, cast, sign_in, acme) -> None:
    with scope(acme):
        create_post(cast.olive, text="Toys!", profiles=[toys.pk], planned_at=now() + timedelta(hours=1))
    page = sign_in(cast.olive).get("/o/acme/calendar/").text
    assert '<symbol id="network-toynet" viewBox="0 0 16 16"><svg' in page
    assert '<use href="#network-toynet"/>' in page


def test_the_connect_page_lists_it_and_says_what_it_takes(cast, sign_in) -> None:
    page = sign_in(cast.olive).get("/o/acme/profiles/connect/").text
    assert page.count('<option value="toynet">Toynet</option>') == 2  # for practice, and for real
    assert 'for Toynet {"toy_id": "…", "access_token": "…"}' in page


def test_one_that_cannot_be_practised_is_for_real_only(acme, cast, sign_in, monkeypatch) -> None:
    monkeypatch.setattr("tests.toynet.manifest.MANIFEST", replace(MANIFEST, dialect="", demo=()))
    discover_manifests.cache_clear()
    try:
        page = sign_in(cast.olive).get("/o/acme/profiles/connect/").text
        assert page.count('<option value="toynet">Toynet</option>') == 1
        with scope(acme), pytest.raises(Invalid, match="cannot be practised"):
            connect_profile(SETUP, "toynet", {"sandbox": True, "handle": HANDLE})
    finally:
        discover_manifests.cache_clear()


def test_the_command_connects_it_and_judges_its_credentials(acme, tmp_path) -> None:
    given = tmp_path / "given.json"
    told = ("--organization", "acme", "--network", "toynet", "--credentials", str(given))
    given.write_text(json.dumps({"sandbox": True, "handle": HANDLE}))
    assert json.loads(printed("connect_profile", *told))["network"] == "toynet"
    given.write_text(json.dumps({"access_token": "t"}))
    with pytest.raises(CommandError, match=r"Give \{toy_id, access_token\} as texts"):
        printed("connect_profile", *told)
    given.write_text(json.dumps({"access_token": "t", "toy_id": "a/b"}))
    with pytest.raises(CommandError, match="toy_id takes letters"):
        printed("connect_profile", *told)


def test_the_practice_pages_show_it(toys, cast, sign_in) -> None:
    client = sign_in(cast.vic)
    assert f"/sandbox/acme/toynet/{HANDLE}/" in client.get("/sandbox/").text
    assert "Toynet" in client.get(f"/sandbox/acme/toynet/{HANDLE}/").text


def test_doctor_and_the_list_name_its_variables(acme, settings) -> None:
    said = printed("doctor")
    assert "TOYNET_APP_KEY not set; nothing needs it before a profile on toynet is connected." in said
    listed = printed("networks")
    assert "| `toynet` | Toynet | `{toy_id, access_token, expires_at?}` | `play`: to publish |" in listed
    assert "| `TOYNET_URL` | `https://toynet.example` | base address of every call to Toynet |" in listed
    assert "TOYNET_APP_KEY: ${TOYNET_APP_KEY:-}" in printed("networks", "--compose")


def test_doctor_misses_a_package_that_was_taken_away(toys, settings) -> None:
    assert "no such network" not in printed("doctor")
    settings.NETWORK_PACKAGES = []
    assert "there are profiles on toynet, and no such network. Is its package in NETWORK_PACKAGES?" in printed("doctor")


def test_an_address_and_a_number_are_read_as_it_says(toys) -> None:
    from analytics.definitions import define_likes

    assert parse_remote_id("https://toynet.example/toys/77", toys) == "77"
    assert "on Facebook reactions of every kind, and on Toynet hugs, on our posts." in define_likes()


def test_a_post_leaves_through_its_adapter(lively, cast, acme) -> None:
    with scope(acme):
        publish_now(cast.olive, create_post(cast.olive, text="Fresh toys", profiles=[lively.pk]))
        assert Outbox(lively, None).send_next(now() + timedelta(seconds=5))  # type: ignore[arg-type]
        there = RemotePost.objects.get(profile=lively)
        assert Outgoing.objects.get(profile=lively).state == "sent"
    assert entry(acme, there.remote_id).text == "Fresh toys"


def test_what_was_not_confirmed_is_found_and_not_sent_again(lively, cast, acme) -> None:
    with scope(acme):
        set_fault(Account.objects.get(remote_id=lively.remote_id), FAILED_AFTER)
        publish_now(cast.olive, create_post(cast.olive, text="Toys, once", profiles=[lively.pk]))
    outbox = Outbox(lively, None)  # type: ignore[arg-type]
    outbox.step()
    outbox.step(after=timedelta(seconds=1))
    with scope(acme):
        assert Outgoing.objects.get(profile=lively).state == "sent"
        assert RemotePost.objects.filter(profile=lively).count() == 1


def test_what_people_say_is_polled_once(lively, acme) -> None:
    with scope(acme):
        nora = persona_account("toynet", handle="nora_hikes")
        write_entry(nora, f"@{HANDLE} is it fun?", pushes=False)
        poll_profile(lively.pk)
        poll_profile(lively.pk)
        assert [one.text for one in Message.objects.filter(profile=lively)] == [f"@{HANDLE} is it fun?"]
        assert Conversation.objects.get(profile=lively).kind == "mention"


def test_its_practice_pushes_are_taken(toys, client, acme) -> None:
    with scope(acme):
        said = write_entry(persona_account("toynet", handle="nora_hikes"), f"@{HANDLE} hello", pushes=False)
        (body,) = push_bodies.build_push_bodies(said)
    headers = push_bodies.signature_headers("toynet", body)
    answer = client.post("/hooks/toynet/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 200
    digest(WebhookReceipt.objects.get().pk)
    with scope(acme):
        assert Message.objects.get(profile=toys).text == f"@{HANDLE} hello"
    wrong = {"Toy-Signature": "0" * 64}
    assert client.post("/hooks/toynet/", body, content_type="application/json", headers=wrong).status_code == 403


def test_the_demo_has_it(empty) -> None:
    made = create_northwind()
    at = now()
    with scope(made.organization):
        profile = made.profiles["northwind_toys"]
        create_own_posts(made, MANIFEST.demo[0], at)
        demo_past.create_measurements(profile, at=at)
        assert profile in made.teams["Care"].profiles.all()
        assert profile not in made.teams["Brand"].profiles.all()
        assert RemotePost.objects.get(profile=profile).text == "We sell toys by now."


def test_its_adapter_is_the_one_that_is_asked(toys) -> None:
    from networks.access import open_adapter

    with scope(toys.organization_id):
        assert type(open_adapter(toys)) is ToynetAdapter
