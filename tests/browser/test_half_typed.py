"""What was half typed comes back, and what was sent does not."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(280)]


def test_the_sandbox_keeps_a_half_typed_text(signed_in: Callable[..., Page]) -> None:
    page = signed_in("olive")
    page.goto("/sandbox/")
    page.locator("main a[href*='/x/']").first.click()
    box = page.locator("#speak textarea")
    box.fill("Do you have")
    page.reload()
    expect(box).to_have_value("Do you have")
    page.locator("#timeline [hx-get*='speak']").first.click()  # answering somebody else brings another form
    expect(page.locator("#speak blockquote")).to_be_visible()
    expect(box).to_have_value("Do you have")
    box.fill("Do you have rye?")
    page.locator("#speak button[type=submit]").click()
    expect(page.locator("#speak")).to_contain_text("Said.")
    expect(box).to_have_value("")
    page.reload()
    expect(box).to_have_value("")


def test_what_is_said_about_a_task_is_kept_until_it_is_said(signed_in: Callable[..., Page], shots) -> None:
    page = signed_in("olive")
    page.goto("/o/northwind/tasks/new/")
    page.fill("input[name=title]", "Bake bread")
    page.click("main button[type=submit]")
    page.wait_for_url("**/tasks/*/")  # with its scripts
    box = page.locator("#talk textarea")
    box.fill("Which flour?")
    page.reload()
    expect(box).to_have_value("Which flour?")
    page.get_by_role("button", name="Say it").click()
    expect(page.locator(".story")).to_contain_text("Which flour?")
    expect(box).to_have_value("")
    shots(page, "talk")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/o/northwind/settings/")
    shots(page, "settings-390b")
