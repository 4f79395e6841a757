"""Pictures in the composer: chosen, described, moved by keyboard, left out, there again after the page was left, and waited for."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests import media

pytestmark = [pytest.mark.browser, pytest.mark.stack]


def file(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "image/png", "buffer": content}


def test_pictures_go_with_a_text(signed_in: Callable[..., Page], shots: Callable[[Page, str], None]) -> None:
    page = signed_in("priya")
    page.goto("/o/northwind/compose/")
    page.fill("[name=text]", "Four mornings above the clouds")
    page.click("[data-picker-search]")
    page.locator("[data-options] label", has=page.get_by_text("@northwind", exact=True)).click()
    page.keyboard.press("Escape")
    tray = page.locator("ops-tray").first
    colours = [file(f"{name}.png", media.picture(size=(600, 400), colour=name)) for name in ("teal", "orange", "navy")]
    tray.locator("input[type=file]").set_input_files([*colours, file("evil.png", b"<html>")])
    items = tray.locator("[data-item]")
    expect(items).to_have_count(3)
    expect(tray.locator("[data-refused]")).to_contain_text("evil.png: Choose a JPEG, PNG, GIF or WebP picture")
    expect(page.locator("#previews img")).to_have_count(3)
    teal, orange, navy = chosen(page)
    items.nth(0).get_by_label("Description").fill("Teal all over")
    items.nth(0).get_by_role("button", name="Move later").press("Enter")
    expect(items.nth(1).get_by_role("button", name="Move later")).to_be_focused()
    items.nth(2).get_by_role("button", name="Remove").press("Enter")
    assert chosen(page) == [orange, teal]
    shots(page, "tray")
    page.reload()
    expect(items).to_have_count(2)
    expect(items.nth(1).get_by_label("Description")).to_have_value("Teal all over")
    assert (chosen(page), navy in chosen(page)) == ([orange, teal], False)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    on_its_way: list[Route] = []
    page.route("**/northwind/media/", lambda route: on_its_way.append(route))
    tray.locator("input[type=file]").set_input_files(file("last.png", media.picture(colour="white")))
    page.locator("button[value=go]").click()
    expect(tray).to_contain_text("It goes on as soon as everything is uploaded.")
    on_its_way[0].continue_()
    page.wait_for_url(re.compile(r"/posts/\d+/"))
    expect(page.locator("#post img")).to_have_count(3)
    expect(page.get_by_alt_text("Teal all over")).to_be_visible()


def chosen(page: Page) -> list[str]:
    return [str(box.get_attribute("value")) for box in page.locator("ops-tray [name=media_1]").all()]
