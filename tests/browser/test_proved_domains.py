"""Two organizations, two identity providers and a name server, by hand: E claims acme's domain and gets nothing; acme
proves it, and its people come in; an account that exists is asked before anybody opens it."""

import re
import time

import pytest

from tests.builders import PASSWORD
from tests.organizations import nameserver, oidc
from tests.stack import running

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(300)]

CEO = {"sub": "e-1", "email": "ceo@acme.example", "email_verified": True, "name": "The chief"}
NIA = {"sub": "a-1", "email": "nia@acme.example", "email_verified": True, "name": "Nia New"}
OWNER = {"sub": "a-2", "email": "olive@acme.example", "email_verified": True, "name": "Not Olive"}


@pytest.fixture(scope="module")
def world():
    with nameserver.running() as names, oidc.running() as evils, oidc.running() as acmes:
        host, port = names.address
        settings = {"ALLOW_PRIVATE_NETWORK_URLS": "True", "DNS_SERVER": f"{host}:{port}", "DNS_TIMEOUT_SECONDS": "2"}
        with running(only=("web",), **settings) as stack:
            for slug, owner in (("evil", "mallory@evil.example"), ("acme", "olive@acme.example")):
                given = ("create_organization", slug.capitalize(), "--slug", slug, "--owner-email", owner)
                stack.run_command(*given, OWNER_PASSWORD=PASSWORD)
            stack.run_command(
                "create_member", "--organization", "acme", "--email", "ada@acme.example", "--role", "admin",
                MEMBER_PASSWORD=PASSWORD,
            )  # fmt: skip
            yield stack, names, evils, acmes


@pytest.fixture
def opened(browser, world):
    """opened() -> a page of a browser of its own."""
    contexts = []

    def fresh(**options):
        contexts.append(browser.new_context(base_url=world[0].url, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        return page

    yield fresh
    for context in contexts:
        context.close()


def sign_in(page, email, slug):
    page.goto("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("form.form button[type=submit]")
    page.wait_for_url(f"**/o/{slug}/")


def set_up(page, slug, issuer, domains):
    page.goto(f"/o/{slug}/settings/security/")
    page.fill("input[name=issuer]", issuer.url)
    page.fill("input[name=client_id]", oidc.CLIENT_ID)
    page.fill("input[name=client_secret]", oidc.CLIENT_SECRET)
    page.fill("input[name=domains]", domains)
    page.get_by_role("button", name="Save the single sign-on").click()
    page.get_by_role("heading", name=domains).wait_for()


def check_now(page):
    with page.expect_navigation():
        page.get_by_role("button", name="Check now").click()
    return page.locator("section[aria-labelledby=domains-title]").inner_text()


def by_address(page, email):
    """What the sign-in page says to somebody with this address."""
    page.goto("/accounts/sign-on/")
    page.fill("input[name=email]", email)
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    return page.locator("main").inner_text()


def walked(page, name, shots):
    """Nothing slides sideways; pictures of both faces."""
    for width, scheme in ((1280, "light"), (390, "dark"), (360, "light")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        shots(page, f"{name}-{width}-{scheme}")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")


def test_a_claim_governs_nothing_and_a_proof_does(opened, world, shots):
    stack, names, evils, acmes = world
    mallory, stranger = opened(), opened()
    evils.person, acmes.person = CEO, NIA
    sign_in(mallory, "mallory@evil.example", "evil")
    set_up(mallory, "evil", evils, "acme.example")
    assert "No such record was found" in check_now(mallory)
    walked(mallory, "domain-unproved", shots)
    assert "No organization takes this address" in by_address(stranger, "ceo@acme.example")
    stranger.goto("/accounts/sign-on/evil/")
    assert "has not proved that acme.example is its own" in stranger.locator("main").inner_text()
    shots(stranger, "domain-refused")
    assert stack.sql("SELECT count(*) FROM account_emailaddress WHERE email = 'ceo@acme.example'") == [(0,)]

    olive = opened()
    sign_in(olive, "olive@acme.example", "acme")
    set_up(olive, "acme", acmes, "acme.example")
    host, record = (olive.locator(f"code[{what}]").inner_text() for what in ("data-host", "data-record"))
    names.say(host, record)
    assert "Proved" in check_now(olive)
    walked(olive, "domain-proved", shots)

    nia = opened()
    assert "Continue with Acme" in by_address(nia, "nia@acme.example")
    nia.get_by_role("link", name="Continue with Acme").click()
    nia.wait_for_url("**/o/acme/")

    assert "Another organization on this server has proved it" in check_now(mallory)
    shots(mallory, "domain-taken")
    stranger.goto("/accounts/sign-on/evil/")
    assert "has not proved" in stranger.locator("main").inner_text()
    stranger.goto("/o/evil/")
    stranger.wait_for_url("**/accounts/login/**")


def test_an_account_is_asked_before_anybody_opens_it(opened, world, shots):
    """The provider of acme says that somebody is the owner: only the owner's own mailbox or sign-in agrees."""
    stack, _names, _evils, acmes = world
    stack.run_command("prove_domain", "--organization", "acme", "--domain", "acme.example", check=False)
    acmes.person = OWNER
    somebody = opened()
    somebody.goto("/accounts/sign-on/acme/")
    somebody.wait_for_url("**/sign-on/acme/link/")
    walked(somebody, "link-asked", shots)
    somebody.goto("/o/acme/")
    somebody.wait_for_url("**/accounts/login/**")
    somebody.goto("/accounts/sign-on/acme/link/")
    somebody.get_by_role("button", name="Send a link to olive@acme.example").click()
    somebody.get_by_text("We sent a link to olive@acme.example").wait_for()
    shots(somebody, "link-mailed")
    address = mailed(stack)

    olive = opened()  # who reads the mail elsewhere and only clicks
    sign_in(olive, "olive@acme.example", "acme")
    olive.goto(address)
    assert "in the browser in which you began" in olive.locator("main").inner_text()
    assert stack.sql("SELECT count(*) FROM organizations_signonidentity WHERE subject = 'a-2'") == [(0,)]

    olive.goto("/accounts/sign-on/acme/")  # she herself, signed in by her own means
    olive.wait_for_url("**/sign-on/acme/link/")
    walked(olive, "link-agrees", shots)
    olive.get_by_role("button", name="Connect with Acme").click()
    olive.wait_for_url("**/o/acme/")
    olive.goto("/o/acme/audit/")
    log = olive.locator("main").inner_text()
    assert f"Issuer: {acmes.url}" in log
    assert "Agreed: signed in" in log
    assert re.search(r"Set up by: olive@acme.example \(member \d+\)", log)

    ada = opened()
    sign_in(ada, "ada@acme.example", "acme")
    ada.goto("/o/acme/settings/security/")
    assert "Only owners change it" in ada.locator("main").inner_text()
    assert ada.get_by_role("button", name="Save the single sign-on").count() == 0
    walked(ada, "domain-admin", shots)


def mailed(stack) -> str:
    """The link in the newest mail, as the console has it."""
    until = time.monotonic() + 15
    while time.monotonic() < until:
        if found := re.findall(r"(/accounts/sign-on/acme/link/[\w-]{40,}/)", stack.log("web")):
            return found[-1]
        time.sleep(0.1)
    raise AssertionError("no mail was sent")
