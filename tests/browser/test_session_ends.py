"""The session ends while somebody works: one dialog stands over the page, and what was typed, chosen and planned goes on."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DEMO_PASSWORD
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(420)]

TEXT = "Four mornings above the clouds"
PHONE = {"viewport": {"width": 390, "height": 844}}
DESK = {"viewport": {"width": 1280, "height": 900}}
OUT = "You were signed out"
WAYS = ("revoked", "cookies gone", "left in another tab")
SignedIn = Callable[..., Page]


def end(page: Page, stack: Stack, way: str) -> None:
    if way == "revoked":
        stack.sql("DELETE FROM django_session WHERE session_key = %s", [session_key(page)])
    elif way == "cookies gone":
        page.context.clear_cookies()
    else:
        other = page.context.new_page()
        other.goto("/accounts/logout/")
        other.get_by_role("button", name="Sign out").last.click()
        other.wait_for_url("**/accounts/login/**")
        other.close()


def session_key(page: Page) -> str:
    return next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sessionid")


def dialog(page: Page):
    return page.get_by_role("dialog", name=OUT)


def come_back(page: Page, name: str = "priya") -> None:
    """By the window that the dialog opens; it closes by itself."""
    with page.context.expect_page() as opened:
        dialog(page).get_by_role("link", name="Sign in again").click()
    window = opened.value
    closed: list[bool] = []
    window.on("close", lambda _window: closed.append(True))
    sign_in(window, name)
    if not closed:
        window.wait_for_event("close")
    page.bring_to_front()


def sign_in(window: Page, name: str) -> None:
    window.fill("input[name=login]", f"{name}@northwind.example")
    window.fill("input[name=password]", DEMO_PASSWORD)
    window.click("form.form button[type=submit]", no_wait_after=True)


def no_sign_in_page_within(page: Page) -> None:
    """Of itself the dialog has no field; a sign-in page that was swapped in has."""
    expect(page.locator("input[name=login]")).to_have_count(0)


def choose_profile(page: Page) -> None:
    page.click("[data-picker-search]")
    page.locator("[data-options] label", has=page.get_by_text("@northwind", exact=True)).click()
    page.keyboard.press("Escape")


@pytest.mark.parametrize("look", [DESK, PHONE], ids=["1280", "390"])
@pytest.mark.parametrize("way", WAYS)
def test_in_the_composer(signed_in: SignedIn, stack: Stack, shots, way: str, look: dict) -> None:
    page = signed_in("priya", **look)
    page.goto("/o/northwind/compose/")
    page.fill("[name=text]", TEXT)
    choose_profile(page)
    expect(page.locator("#previews")).to_contain_text(TEXT)
    end(page, stack, way)
    if way != WAYS[2]:
        page.locator("[name=text]").press_sequentially("!")  # the preview is what notices
    expect(dialog(page)).to_be_visible()
    expect(page.locator("dialog[open]")).to_have_count(1)
    no_sign_in_page_within(page)
    shots(page, f"signed-out-composer-{way}-{look['viewport']['width']}")
    come_back(page)
    expect(dialog(page)).to_be_hidden()
    before = page.input_value("[name=text]")
    page.locator("[name=text]").press_sequentially("?")
    expect(page.locator("[name=text]")).to_have_value(before + "?")
    expect(page.locator("#previews")).to_contain_text(before + "?")
    expect(page.locator("[data-picked] input")).to_have_count(1)
    page.locator("button[value=go]").click()
    page.wait_for_url(re.compile(r"/posts/\d+/"))
    expect(page.locator("#post")).to_contain_text(TEXT)


@pytest.mark.parametrize("way", WAYS[:2])
def test_a_page_that_is_sent_is_sent_when_they_are_back(signed_in: SignedIn, stack: Stack, way: str) -> None:
    page = signed_in("priya")
    page.goto("/o/northwind/compose/")
    page.fill("[name=text]", f"{TEXT}, sent {way}")
    choose_profile(page)
    expect(page.locator("#previews")).to_contain_text(TEXT)
    end(page, stack, way)
    page.locator("button[value=go]").click()
    expect(dialog(page)).to_be_visible()
    assert page.url.endswith("/compose/")
    come_back(page)
    page.wait_for_url(re.compile(r"/posts/\d+/"))
    expect(page.locator("#post")).to_contain_text(f"{TEXT}, sent {way}")
    rows = stack.sql("SELECT count(*) FROM publishing_revision WHERE text = %s", [f"{TEXT}, sent {way}"])
    assert rows == [(1,)]


@pytest.mark.parametrize("look", [DESK, PHONE], ids=["1280", "390"])
def test_in_the_inbox(signed_in: SignedIn, stack: Stack, shots, look: dict) -> None:
    page = signed_in("cole", **look)
    page.goto("/o/northwind/inbox/")
    page.locator("#inbox-rows [data-open]").first.click()
    reply = page.locator("#reply-text")
    reply.fill("We look into it")
    end(page, stack, "revoked")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('ops:inbox'))")  # every live part asks at once
    expect(dialog(page)).to_be_visible()
    expect(page.locator("dialog[open]")).to_have_count(1)
    no_sign_in_page_within(page)
    shots(page, f"signed-out-inbox-{look['viewport']['width']}")
    come_back(page, "cole")
    expect(dialog(page)).to_be_hidden()
    expect(reply).to_have_value("We look into it")
    expect(page.locator("#thread-head form").first).to_be_attached()
    reply.press_sequentially(" today")
    expect(page.locator("#reply-count")).to_be_visible()
    page.locator("#reply-button").click()
    expect(page.locator("#thread")).to_contain_text("We look into it today")


def test_a_reply_that_was_refused_is_sent_when_they_are_back(signed_in: SignedIn, stack: Stack) -> None:
    page = signed_in("cole")
    page.goto("/o/northwind/inbox/")
    page.locator("#inbox-rows [data-open]").nth(1).click()
    page.locator("#reply-text").fill("Once and no more")
    expect(page.locator("#reply-count")).not_to_be_empty()
    end(page, stack, "cookies gone")
    page.locator("#reply-button").click()
    expect(dialog(page)).to_be_visible()
    come_back(page, "cole")
    expect(page.locator("#thread")).to_contain_text("Once and no more")
    expect(page.locator("#reply-text")).to_have_value("")
    assert stack.sql("SELECT count(*) FROM inbox_message WHERE text = 'Once and no more'") == [(1,)]


def test_in_the_calendar_what_was_moved_is_moved_when_they_are_back(signed_in: SignedIn, stack: Stack, shots) -> None:
    page = signed_in("priya")
    page.goto("/o/northwind/calendar/")
    entry = page.locator("[data-entry][data-move-url][draggable=true]").first
    post = entry.get_attribute("data-move-url")
    before = page.locator(f"[data-day]:has([data-move-url='{post}'])").get_attribute("data-day")
    end(page, stack, "cookies gone")
    entry.focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(dialog(page)).to_be_visible()
    no_sign_in_page_within(page)
    shots(page, "signed-out-calendar")
    come_back(page)
    expect(dialog(page)).to_be_hidden()
    expect(page.locator(f"[data-day='{before}'] [data-move-url='{post}']")).to_have_count(0)
    expect(page.locator(f"[data-move-url='{post}']")).to_have_count(1)


def test_a_token_from_before_is_renewed_without_a_word(signed_in: SignedIn) -> None:
    """As after they signed in again in another tab, before this one asked for anything."""
    page = signed_in("cole")
    page.goto("/o/northwind/inbox/")
    page.locator("#inbox-rows [data-open]").nth(2).click()
    page.locator("#reply-text").fill("Still here")
    page.evaluate(
        "for (const box of document.querySelectorAll('[name=csrfmiddlewaretoken]')) box.value = 'x'.repeat(64)"
    )
    page.locator("#reply-button").click()
    expect(page.locator("#thread")).to_contain_text("Still here")
    expect(dialog(page)).to_be_hidden()


def test_a_form_that_was_sent_all_the_same_shows_what_was_typed(signed_in: SignedIn, stack: Stack, shots) -> None:
    """Without scripts, or in the moment between asking and sending."""
    page = signed_in("lena", java_script_enabled=False, lands="**/o/northwind/")
    page.goto("/o/northwind/tasks/new/")
    page.fill("[name=title]", "Ask the photographer for the hut")
    page.fill("[name=note], [name=text], [name=description]", "At dawn,\nfrom the ridge")
    page.context.clear_cookies()
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_role("heading", name=OUT)).to_be_visible()
    expect(page.locator("textarea").nth(1)).to_have_value("At dawn,\nfrom the ridge")
    shots(page, "send-again")
    other = page.context.new_page()
    other.goto("/accounts/login/")
    sign_in(other, "lena")
    other.wait_for_url("**/o/northwind/")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", name="This page was open too long")).to_be_visible()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("Ask the photographer for the hut").first).to_be_visible()
    assert stack.sql("SELECT count(*) FROM teams_task WHERE title = 'Ask the photographer for the hut'") == [(1,)]


def test_the_stream_of_a_dead_session_does_not_hammer(signed_in: SignedIn, stack: Stack) -> None:
    page = signed_in("priya")
    page.goto("/o/northwind/posts/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/stream/" in request.url else None)
    page.clock.install()
    stack.sql("DELETE FROM django_session WHERE session_key = %s", [session_key(page)])
    page.evaluate("document.querySelector('ops-stream').open()")
    expect(dialog(page)).to_be_visible()
    asked.clear()
    for _ in range(10):
        page.clock.fast_forward(60_000)
    expect(dialog(page)).to_be_visible()
    assert asked == []
