"""From an organization's provider into another organization: the whole way, with keys, two providers and a mailbox.

Nia has no password. Riso signs her in through its provider; Atelier, which has a provider of its own, invites her.
Whoever runs Riso's provider can be her in Riso, and must be nobody in Atelier.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.organizations import oidc
from tests.stack import Stack, free_port, running

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(300)]

NIA = "nia@riso.example"
PASSWORD = "a long walk by the river"
KEY = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
KEY |= {"isUserVerified": True, "automaticPresenceSimulation": True}
SET_UP = """
from organizations.actions.sign_on import set_sign_on
from organizations.actors import System
from organizations.models import Organization
from organizations.tenancy import scope
organization = Organization.objects.get(slug={slug!r})
with scope(organization):
    set_sign_on(
        System("test"), organization, issuer={issuer!r}, client_id={client!r}, client_secret={secret!r},
        domains=[{domain!r}], default_role="member", required=False,
    )
"""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """By the name localhost: an IP address cannot have passkeys."""
    port = free_port()
    here = {"PORT": str(port), "PUBLIC_URL": f"http://localhost:{port}", "ALLOW_PRIVATE_NETWORK_URLS": "True"}
    with running(only=("web",), **here) as stack:
        for slug in ("riso", "atelier"):
            address = f"owner@{slug}.example"
            given = ("create_organization", slug.title(), "--slug", slug, "--owner-email", address)
            stack.run_command(*given, OWNER_PASSWORD=PASSWORD)
        yield stack


@pytest.fixture
def providers(stack: Stack) -> Iterator[dict[str, oidc.Issuer]]:
    with oidc.running() as riso, oidc.running() as atelier:
        riso.person = {"sub": "r-1", "email": NIA, "email_verified": True, "name": "Nia"}
        atelier.person = {"sub": "a-1", "email": "nia@atelier.example", "email_verified": True, "name": "Nia"}
        for slug, issuer in (("riso", riso), ("atelier", atelier)):
            words = {"slug": slug, "issuer": issuer.url, "domain": f"{slug}.example"}
            script = SET_UP.format(client=oidc.CLIENT_ID, secret=oidc.CLIENT_SECRET, **words)
            stack.run_command("shell", "-c", script)
            stack.run_command("prove_domain", "--organization", words["slug"], "--domain", words["domain"])
        yield {"riso": riso, "atelier": atelier}


@contextmanager
def a_browser(browser: Browser, stack: Stack) -> Iterator[Page]:
    """With a key in it."""
    context = browser.new_context(base_url=stack.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(15_000)
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    yield page
    context.close()


def sign_on(page: Page, slug: str) -> None:
    page.goto(f"/accounts/sign-on/{slug}/")
    page.wait_for_url(f"**/o/{slug}/")


def opens(page: Page, slug: str) -> bool:
    page.goto(f"/o/{slug}/")
    return urlsplit(page.url).path == f"/o/{slug}/"


def invite(stack: Stack) -> str:
    """By Atelier's owner; the link comes by e-mail."""
    given = ("create_api_token", "--organization", "atelier", "--email", "owner@atelier.example", "--name", "t")
    token = json.loads(stack.run_command(*given).stdout)["token"]
    asking = {"Authorization": f"Bearer {token}"}
    answer = requests.post(f"{stack.url}/api/v1/invitations/", json={"email": NIA}, headers=asking, timeout=30)
    assert answer.status_code == 201, answer.text
    digest = hashlib.sha256(b"the-link").hexdigest()
    stack.sql("UPDATE organizations_invitation SET digest = %s, mail_due_at = NULL", [digest])
    return "/join/the-link/"


def keys(stack: Stack) -> int:
    return int(stack.sql("SELECT count(*) FROM mfa_authenticator")[0][0])


def add_key(page: Page, name: str) -> None:
    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("input[name=name]", name)
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda address: "/webauthn/add/" not in address)


def send_key_by_hand(page: Page) -> str:
    """What the page would have sent, without the page."""
    script = """async () => {
        const token = document.querySelector("meta[name=csrf-token]").content;
        const body = new URLSearchParams({csrfmiddlewaretoken: token, name: "Key", passwordless: "on", credential: "{}"});
        const answer = await fetch("/accounts/2fa/webauthn/add/", {method: "POST", body});
        return answer.url;
    }"""
    return str(page.evaluate(script))


def reset_password(page: Page, stack: Stack, shots: Callable[[Page, str], None]) -> None:
    page.goto("/accounts/password/reset/")
    page.fill("input[name=email]", NIA)
    page.click("form.form button[type=submit]")
    page.wait_for_url("**/password/reset/done/")
    link = re.findall(r"^http://localhost:\d+(/accounts/password/reset/key/[\w-]+/)$", stack.log("web"), re.M)[-1]
    page.goto(link)
    page.fill("input[name=password1]", PASSWORD)
    page.fill("input[name=password2]", PASSWORD)
    expect(page.locator("main")).to_contain_text("Riso")
    shots(page, "reset")
    page.set_viewport_size({"width": 360, "height": 800})
    shots(page, "reset-360")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_label("Yes, keep them all").check()
    page.click("form.form button[type=submit]")
    page.wait_for_url("**/password/reset/key/done/")


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", NIA)
    page.fill("input[name=password]", PASSWORD)
    page.click("form.form button[type=submit]")
    page.wait_for_url("**/o/**")


def test_one_organizations_provider_does_not_lead_into_another(
    browser: Browser, stack: Stack, providers: dict[str, oidc.Issuer], shots: Callable[[Page, str], None]
) -> None:
    with a_browser(browser, stack) as nia:
        sign_on(nia, "riso")
        nia.goto(invite(stack))
        nia.click("main button[type=submit]")
        nia.wait_for_url("**/accounts/entry/atelier/**")
        shots(nia, "threshold")
        assert not opens(nia, "atelier"), "joined, and shut to what Riso's provider opened"

        with a_browser(browser, stack) as other:  # whoever runs Riso's provider
            sign_on(other, "riso")
            other.goto("/accounts/2fa/webauthn/add/")
            expect(other.locator("main")).to_contain_text("opens that organization only")
            shots(other, "shut")
            assert send_key_by_hand(other).endswith("/accounts/password/reset/")
            assert keys(stack) == 0
            for address in ("ways-in/", "email/", "sessions/", "2fa/", "password/set/", "2fa/totp/activate/"):
                other.goto(f"/accounts/{address}")
                assert other.url.endswith("/accounts/password/reset/"), address
            other.context.clear_cookies()
            other.goto("/accounts/login/")
            other.click("#passkey_login")  # it has nothing to show
            assert not opens(other, "atelier")

        reset_password(nia, stack, shots)
        sign_in(nia)
        assert opens(nia, "atelier")
        assert opens(nia, "riso")
        add_key(nia, "Laptop")
        assert keys(stack) == 2  # and recovery codes
        nia.context.clear_cookies()
        nia.goto("/accounts/login/")
        nia.click("#passkey_login")
        nia.wait_for_url("**/o/**")
        assert opens(nia, "atelier"), "a key that was added by her own sign-in opens all of hers"
        assert opens(nia, "riso")


def test_each_provider_opens_its_own_and_the_owner_sees_both(
    browser: Browser, stack: Stack, providers: dict[str, oidc.Issuer], shots: Callable[[Page, str], None]
) -> None:
    """After the test above: Nia has a password and a key."""
    stack.sql("DELETE FROM mfa_authenticator")
    for slug, issuer in providers.items():  # she agrees anew, for these are other providers
        stack.sql(
            "INSERT INTO organizations_signonidentity (organization_id, user_id, issuer, subject, created_at)"
            " SELECT o.id, u.id, %s, %s, now() FROM organizations_organization o, organizations_user u"
            " WHERE o.slug = %s AND u.email = %s",
            [issuer.url, issuer.person["sub"], slug, NIA],
        )
    with a_browser(browser, stack) as page:
        sign_on(page, "atelier")
        assert opens(page, "atelier")
        assert not opens(page, "riso")
        page.get_by_role("link", name="Show that it is you").click()
        page.fill("input[type=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/o/riso/")
        page.goto("/accounts/ways-in/")
        expect(page.locator("main")).to_contain_text("Atelier")
        for width in (1280, 390, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            shots(page, f"ways-in-{width}")
        page.emulate_media(color_scheme="dark")
        shots(page, "ways-in-dark")
        page.emulate_media(color_scheme="light")
        with a_browser(browser, stack) as other:
            sign_on(other, "riso")
            assert not opens(other, "atelier")
            page.on("dialog", lambda dialog: dialog.accept())
            page.get_by_role("button", name="Remove “Riso”").click()
            expect(page.locator("body")).to_contain_text("lets nobody in any more")
            assert not opens(other, "riso"), "what came in by it is over"
