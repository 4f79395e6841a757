"""Own wording beside a thread: what would stay away is said while one types, and asked before anything goes on."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.stack]


def test_a_networks_own_words_do_not_swallow_the_thread(
    signed_in: Callable[..., Page], shots: Callable[[Page, str], None]
) -> None:
    page = signed_in("priya", viewport={"width": 390, "height": 844})
    page.goto("/o/northwind/compose/")
    page.fill("[name=text]", "Four mornings above the clouds")
    page.click("[data-picker-search]")
    page.locator("[data-options] label", has=page.get_by_text("@northwind", exact=True)).click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add to thread").click()
    page.fill("[name=part_2]", "And one below")
    page.get_by_role("tab", name="Only X").click()
    page.fill("[name=variant_x]", "For X alone")
    panel = page.get_by_role("tabpanel", name="Only X")
    expect(panel).to_contain_text("the other part of the thread stays away")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    shots(page, "own-asked")
    page.locator("label.segment", has_text="Now").click()
    page.locator("button[value=go]").click()
    expect(page.locator("#text-problems")).to_contain_text("the other part of the thread stays away")
    expect(page.locator("[name=variant_x]")).to_have_value("For X alone")
    page.get_by_role("tab", name="Only X").click()
    panel.get_by_role("button", name="Write the thread for X").click()
    own = page.locator("[name=own_x_2]")
    expect(own).to_have_value("And one below")
    expect(own).to_be_visible()
    expect(panel).not_to_contain_text("stays away")
    own.fill("And one below, on X")
    expect(page.locator("#previews")).to_contain_text("And one below, on X")
    shots(page, "own-thread")
    page.reload()
    expect(page.locator("[name=own_x_2]")).to_have_value("And one below, on X")
    page.locator("button[value=go]").click()
    page.wait_for_url(re.compile(r"/posts/\d+/"))
    expect(page.locator("#post .preview")).to_contain_text("And one below, on X")
