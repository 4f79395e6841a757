"""The second step by hand: an authenticator app, recovery codes, a passkey, and an organization that asks for one."""

import base64
import hashlib
import hmac
import struct
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DEMO_PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(240)]


@pytest.fixture(scope="module", autouse=True)
def _passwords_alone_again(stack):
    """For whoever signs in after these tests."""
    yield
    stack.sql("DELETE FROM mfa_authenticator")
    stack.sql("UPDATE organizations_organization SET require_mfa = false")


def code_of(secret: str) -> str:
    """What the app on the phone shows (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def confirm_password(page) -> None:
    if "reauthenticate" in page.url:
        page.fill("input[type=password]", DEMO_PASSWORD)
        page.click("main button[type=submit]")


def set_up_app(page) -> str:
    page.goto("/accounts/2fa/totp/activate/")
    confirm_password(page)
    secret = page.input_value("#authenticator_secret")
    page.fill("input[name=code]", code_of(secret))
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "activate" not in url)
    return secret


def sign_in_again(page, email: str) -> None:
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.click("form.form button[type=submit]")


def test_an_app_and_a_recovery_code(signed_in, shots):
    page = signed_in("ava")
    set_up_app(page)
    page.goto("/accounts/2fa/recovery-codes/")
    confirm_password(page)
    shots(page, "recovery-codes")
    codes = page.locator("main").inner_text() + page.evaluate("document.querySelector('main textarea')?.value ?? ''")
    code = next(word for word in codes.split() if len(word) == 8 and word.isalnum() and any(map(str.isdigit, word)))
    sign_in_again(page, "ava@northwind.example")
    page.wait_for_url("**/accounts/2fa/authenticate/**")
    shots(page, "second-step")
    page.fill("input[name=code]", code)
    page.click("form.form button[type=submit]")
    page.wait_for_url("**/o/northwind/")
    page.goto("/accounts/sessions/")
    shots(page, "devices")
    assert page.locator("main tbody tr").count() >= 1


def test_a_passkey_signs_in_alone(signed_in, stack, shots):
    """On localhost: an IP address cannot have passkeys."""
    page = signed_in("cole", base_url=stack.url.replace("127.0.0.1", "localhost"))
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/accounts/2fa/webauthn/add/")
    confirm_password(page)
    shots(page, "passkey-add")
    page.fill("input[name=name]", "Laptop")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda address: "/webauthn/add/" not in address)
    page.goto("/accounts/2fa/webauthn/")
    assert "Laptop" in page.locator("main").inner_text()
    shots(page, "passkeys")
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    shots(page, "sign-in")
    page.click("#passkey_login")
    page.wait_for_url("**/o/northwind/")
    sign_in_again(page, "cole@northwind.example")
    page.wait_for_url("**/accounts/2fa/authenticate/**")
    shots(page, "second-step-passkey")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url("**/o/northwind/")
    page.set_viewport_size({"width": 390, "height": 844})
    for name, address in (("tokens", "settings/tokens/"), ("home", "")):
        page.goto(f"/o/northwind/{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        shots(page, f"{name}-390")


def test_an_organization_asks_for_one(signed_in, shots):
    admin = signed_in("olive")
    admin.goto("/o/northwind/settings/tokens/")
    shots(admin, "tokens")
    admin.goto("/o/northwind/settings/security/")
    shots(admin, "security")
    admin.check("input[name=require_mfa]")
    admin.get_by_role("button", name="Save the second step").click()
    expect(admin.locator("main")).to_contain_text("locked out")
    set_up_app(admin)
    admin.goto("/o/northwind/settings/security/")
    admin.check("input[name=require_mfa]")
    admin.get_by_role("button", name="Save the second step").click()
    expect(admin.get_by_text("It holds from the next page on.")).to_be_visible()
    member = signed_in("priya", lands="**/accounts/entry/northwind/**")
    shots(member, "threshold")
    member.get_by_role("link", name="Set up an authenticator app").click()
    confirm_password(member)
    set_up_app(member)
    member.goto("/o/northwind/")
    assert member.locator("h1").first.is_visible()
    admin.goto("/o/northwind/settings/security/")
    admin.uncheck("input[name=require_mfa]")
    admin.get_by_role("button", name="Save the second step").click()
    expect(admin.get_by_text("It holds from the next page on.")).to_be_visible()
