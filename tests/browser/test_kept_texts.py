"""What was typed and not sent belongs to its writer: the next person in the same browser is never shown it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_session_ends import DESK, PHONE, choose_profile, end, session_key, sign_in
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(420)]

TEXT = "Between us: the hut will close"
COMPOSE = "/o/northwind/compose/"
SignedIn = Callable[..., Page]


def kept(page: Page) -> str:
    return str(page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})"))


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").last.click()
    page.wait_for_url("**/accounts/login/**")


def next_person(page: Page, name: str) -> None:
    page.goto("/accounts/login/")
    sign_in(page, name)
    page.wait_for_url("**/o/northwind/")


@pytest.mark.parametrize("look", [DESK, PHONE], ids=["1280", "390"])
def test_after_signing_out_nothing_is_left_for_the_next_person(signed_in: SignedIn, look: dict) -> None:
    page = signed_in("priya", **look)
    page.goto(COMPOSE)
    page.fill("[name=text]", TEXT)
    assert TEXT in kept(page)
    sign_out(page)
    assert TEXT not in kept(page)
    next_person(page, "ed")
    page.goto(COMPOSE)
    expect(page.locator("[name=text]")).to_have_value("")
    expect(page.locator("[data-draft-note]")).to_be_hidden()
    assert TEXT not in page.content()


def test_a_session_that_just_ended_hands_nothing_to_the_next_person(signed_in: SignedIn, stack: Stack) -> None:
    page = signed_in("priya")
    page.goto(COMPOSE)
    page.fill("[name=text]", TEXT)
    end(page, stack, "revoked")
    next_person(page, "ed")
    page.goto(COMPOSE)
    expect(page.locator("[name=text]")).to_have_value("")
    assert TEXT not in kept(page) + page.content()


def test_whoever_comes_back_themselves_has_their_text(signed_in: SignedIn, stack: Stack) -> None:
    page = signed_in("priya")
    page.goto(COMPOSE)
    page.fill("[name=text]", TEXT)
    end(page, stack, "revoked")
    next_person(page, "priya")
    page.goto(COMPOSE)
    expect(page.locator("[name=text]")).to_have_value(TEXT)
    expect(page.locator("[data-draft-note]")).to_be_visible()


def test_a_page_that_is_still_open_says_that_somebody_else_is_signed_in(
    signed_in: SignedIn, stack: Stack, shots: Callable[[Page, str], None]
) -> None:
    page = signed_in("priya")
    page.goto(COMPOSE)
    page.fill("[name=text]", TEXT)
    other = page.context.new_page()
    sign_out(other)
    expect(page.get_by_role("dialog", name="You were signed out")).to_be_visible()
    expect(page.locator("[name=text]")).to_be_hidden()  # whoever looks now may be another person
    shots(page, "left")
    next_person(other, "ed")
    dialog = page.get_by_role("dialog", name="Somebody else is signed in now")
    expect(dialog).to_contain_text("This page belonged to Priya")
    expect(page.locator("[name=text]")).to_have_count(0)
    assert TEXT not in kept(page) + page.content()
    shots(page, "somebody-else")
    dialog.get_by_role("link", name="Go to your own pages").click()
    page.wait_for_url("**/o/northwind/")


def test_nothing_is_done_in_the_name_of_whoever_is_signed_in_now(signed_in: SignedIn, stack: Stack) -> None:
    """The cookie is another person's, and the page has not noticed: what it sends is refused."""
    page, ed = signed_in("priya"), signed_in("ed")
    page.goto(COMPOSE)
    page.fill("[name=text]", f"{TEXT}, and so does the lift")
    cookies = [cookie for cookie in ed.context.cookies() if cookie["name"] in ("sessionid", "csrftoken")]
    page.context.add_cookies(cookies)
    page.locator("button[value=go]").click()
    expect(page.get_by_role("dialog", name="Somebody else is signed in now")).to_be_visible()
    assert stack.sql("SELECT 1 FROM publishing_revision WHERE text LIKE '%%and so does the lift'") == []


def test_the_back_button_after_signing_out_shows_nothing(signed_in: SignedIn) -> None:
    page = signed_in("priya")
    page.goto("/o/northwind/posts/")
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").last.click()
    page.wait_for_url("**/accounts/login/**")
    page.go_back()
    page.go_back()
    expect(page.locator("#posts")).to_be_hidden()


def test_another_organization_of_the_same_person_is_another_place(signed_in: SignedIn) -> None:
    page = signed_in("priya")
    page.goto(COMPOSE)
    page.fill("[name=text]", TEXT)
    owner = page.locator("meta[name=kept-for]").get_attribute("content")
    user, organization, member = str(owner).split(".")
    keys = page.evaluate("Object.keys(sessionStorage)")
    assert f"kept {user}.{organization}.{member} compose:new" in keys


def test_what_was_brought_back_is_discarded_with_one_click_and_undone_with_another(
    signed_in: SignedIn, shots: Callable[[Page, str], None]
) -> None:
    page = signed_in("priya", **PHONE)
    page.goto(COMPOSE)
    page.fill("[name=text]", TEXT)
    choose_profile(page)
    page.get_by_role("button", name="Add to thread").click()
    page.locator("[data-part] textarea").fill("And the second part")
    page.reload()
    expect(page.locator("[name=text]")).to_have_value(TEXT)
    expect(page.locator("[data-part] textarea")).to_have_value("And the second part")
    shots(page, "brought-back")
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator("[name=text]")).to_have_value("")
    expect(page.locator("[data-part]")).to_have_count(0)
    assert TEXT not in kept(page)
    shots(page, "discarded")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[name=text]")).to_have_value(TEXT)
    expect(page.locator("[data-part] textarea")).to_have_value("And the second part")
    page.get_by_role("button", name="Discard it").click()
    page.reload()
    expect(page.locator("[name=text]")).to_have_value("")
    expect(page.locator("[data-draft-note]")).to_be_hidden()


def test_a_reply_that_was_brought_back_is_discarded(signed_in: SignedIn) -> None:
    page = signed_in("cole")
    page.goto("/o/northwind/inbox/")
    page.locator("#inbox-rows [data-open]").first.click()
    page.locator("#reply-text").fill(TEXT)
    page.reload()
    expect(page.locator("#reply-text")).to_have_value(TEXT)
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator("#reply-text")).to_have_value("")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#reply-text")).to_have_value(TEXT)
    assert session_key(page)
