"""A box that somebody has made larger carries a style, which must not be written into the part that takes its place."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(120)]


def test_a_box_that_was_made_larger_is_swapped_without_an_inline_style(signed_in: Callable[..., Page]) -> None:
    page = signed_in("priya")
    page.goto("/o/northwind/compose/")
    page.click("[data-picker-search]")
    page.locator("[data-options] label", has=page.get_by_text("@northwind", exact=True)).click()
    page.keyboard.press("Escape")
    page.fill("[name=text]", "A sentence of some length that says something. " * 20)
    make_larger(page)
    page.click("button[value=split]")
    expect(
        page.locator("textarea[name^=part_]").first
    ).to_be_visible()  # what the policy forbids is looked for after it


def make_larger(page: Page) -> None:
    field = page.locator("#id_text")
    box = field.bounding_box()
    assert box
    x, y = box["x"] + box["width"] - 4, box["y"] + box["height"] - 4
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 60)
    page.mouse.up()
    assert "height" in (field.get_attribute("style") or "")
