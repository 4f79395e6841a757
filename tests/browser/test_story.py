"""The whole main job, as a new user does it: compose, schedule, see it leave, answer a fan, read the numbers."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(300)]

ZONE = ZoneInfo("Europe/Madrid")
TEXT = "The hut maps are back in stock, printed on paper that survives a river."
QUESTION = "Do the hut maps cover Gredos as well?"
ANSWER = "They do, Marta: sheet four, from Hoyos to La Vega."


def test_the_story(signed_in: Callable[..., Page]) -> None:
    priya, lena, fan = signed_in("priya"), signed_in("lena"), signed_in("cole")
    sent_before = number_of(lena, "Posts sent")
    at = compose_a_minute_ahead(priya)
    see_it_leave(priya, at)
    ask_as_a_fan(fan)
    assign_to_priya(lena)
    reply(priya)
    see_the_answer_on_the_network(fan)
    expect_number(lena, "Posts sent", sent_before + 2)


def compose_a_minute_ahead(page: Page) -> datetime:
    at = next_minute()
    page.keyboard.press("c")
    page.wait_for_url("**/compose/")
    page.fill("[name=text]", TEXT)
    for handle in ("@northwind", "@northwind.outdoors"):
        page.click("[data-picker-search]")
        page.locator("[data-options] label", has=page.get_by_text(handle, exact=True)).click()
        page.keyboard.press("Escape")
    expect(page.locator("#previews")).to_contain_text(TEXT)
    page.get_by_label("At a time").check()
    page.fill("[name=day]", at.strftime("%Y-%m-%d"))
    page.fill("[name=clock]", at.strftime("%H:%M"))
    button = page.locator("button[value=go]")
    expect(button).to_contain_text(re.compile(rf"Schedule for .*{at:%H:%M}"))
    button.click()
    page.wait_for_url(re.compile(r"/posts/\d+/"))
    expect(page.locator("#main")).to_contain_text("Scheduled")
    return at


def next_minute() -> datetime:
    """The first whole minute that leaves a person time to click."""
    soon = datetime.now(ZONE) + timedelta(seconds=15)
    return soon.replace(second=0, microsecond=0) + timedelta(minutes=1)


def see_it_leave(page: Page, at: datetime) -> None:
    """Without reloading: the post's page says so by itself."""
    links = page.locator("#main").get_by_role("link", name=re.compile("Open on|See it", re.I))
    expect(links).to_have_count(2, timeout=100_000)
    post_url = page.url
    permalink = links.first.get_attribute("href")
    page.goto(f"/o/northwind/calendar/?day={at:%Y-%m-%d}")  # beside the month, with all that the month cuts off
    expect(page.locator(".planner__day article", has_text=TEXT[:40])).to_contain_text("Sent")
    page.goto(permalink or "")
    expect(page.locator("#timeline")).to_contain_text(TEXT)
    page.goto(post_url)


def ask_as_a_fan(page: Page) -> None:
    page.goto("/sandbox/northwind/x/northwind/")
    post = page.locator("article", has_text=TEXT).first
    post.get_by_role("button", name=re.compile("answer as the audience")).click()
    expect(page.locator("#speak blockquote")).to_contain_text(TEXT)
    page.locator("#speak select[name=persona]").select_option(index=0)
    page.locator("#speak textarea[name=text]").fill(QUESTION)
    page.get_by_role("button", name="Answer as the audience", exact=True).click()
    expect(page.locator("#timeline")).to_contain_text(QUESTION)


def assign_to_priya(page: Page) -> None:
    """The leader has the inbox open; the question appears by itself."""
    page.goto("/o/northwind/inbox/")
    row = page.locator("[data-row]", has_text=QUESTION[:20])
    expect(row).to_be_visible(timeout=20_000)
    row.locator("[data-open]").click()
    expect(page.locator("#inbox-pane")).to_contain_text(QUESTION)
    page.click("#assign-button")
    page.locator("#assign-menu").get_by_role("button", name=re.compile("Priya")).click()
    expect(page.locator("#assign-button")).to_contain_text("Priya")


def reply(page: Page) -> None:
    page.goto("/o/northwind/inbox/")
    page.get_by_role("link", name=re.compile("^Mine")).click()
    page.locator("[data-row]", has_text=QUESTION[:20]).locator("[data-open]").click()
    come_back_to_a_draft(page)
    page.locator("#reply-text").fill(ANSWER)
    page.get_by_role("button", name=re.compile("^Reply as .* on X")).click()
    bubble = page.locator(".bubble--ours", has_text=ANSWER)
    expect(bubble).to_contain_text("Sent", timeout=20_000)
    expect(page.locator("#reply-text")).to_have_value("")


def come_back_to_a_draft(page: Page) -> None:
    """It is counted when it is there again, and not with everything that is loaded beside it."""
    counted: list[str] = []
    page.on("request", lambda request: counted.append(request.url) if request.url.endswith("/count/") else None)
    page.locator("#reply-text").fill("They do")
    expect(page.locator("#reply-count")).to_contain_text("7 /")
    page.reload()
    expect(page.locator("#reply-text")).to_have_value("They do")
    expect(page.locator("#reply-count")).to_contain_text("7 /")
    page.wait_for_load_state("networkidle")
    assert len(counted) <= 3, counted


def see_the_answer_on_the_network(page: Page) -> None:
    expect(page.locator("#timeline")).to_contain_text(ANSWER, timeout=15_000)


def number_of(page: Page, label: str) -> int:
    page.goto("/o/northwind/analytics/")
    tile = page.locator(".tile", has_text=label).first
    return int(re.sub(r"\D", "", tile.locator(".tile__value").inner_text()))


def expect_number(page: Page, label: str, value: int) -> None:
    until = time.monotonic() + 30  # what goes on and on is counted now and then
    while number_of(page, label) != value and time.monotonic() < until:
        time.sleep(1)
    assert number_of(page, label) == value
    tile = page.locator(".tile", has_text=label).first
    tile.get_by_role("button", name=label).click()
    expect(page.locator("body")).to_contain_text("confirmed")  # the definition, beside the number
