"""Pictures in the composer: chosen, described, moved by keyboard, left out, there again after the page was left, and waited for."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests import media
from tests.publishing.test_conversion import phone

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
    expect(tray.locator("[data-refused]")).to_contain_text(
        "evil.png: Choose a JPEG, PNG, GIF, WebP, HEIC or AVIF picture"
    )
    expect(page.locator("#previews img")).to_have_count(3)
    teal, orange, navy = chosen(page)
    items.nth(0).get_by_label("Description").fill("Teal all over")
    words = items.nth(1).get_by_label("Description")
    two_lines = (words.bounding_box() or {})["height"]
    assert two_lines >= 2 * 20
    words.fill("A long sentence about what one sees in it, from left to right and back. " * 3)
    assert (words.bounding_box() or {})["height"] > two_lines
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
    for width, height in ((1280, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        for picture in page.locator("#post .file").all():
            assert 0 < (picture.bounding_box() or {})["height"] <= 160
    page.set_viewport_size({"width": 1280, "height": 900})
    pictures = page.locator("#post .file").last.bounding_box() or {}
    assert pictures["y"] + pictures["height"] < 900, "they push what follows below the fold"
    shots(page, "pictures of a post")


def test_what_is_removed_while_writing_comes_back(signed_in: Callable[..., Page]) -> None:
    """A picture, a part with its pictures, and a part whose number another one has by then."""
    page = signed_in("priya")
    page.goto("/o/northwind/compose/")
    page.fill("[name=text]", "One")
    page.click("[data-picker-search]")
    page.locator("[data-options] label", has=page.get_by_text("@northwind", exact=True)).click()
    page.keyboard.press("Escape")
    undo, boxes, previews = (
        page.locator("[data-undo]").last,
        page.locator("#thread [data-part]"),
        page.locator("#previews"),
    )
    for number, text in enumerate(("Two", "Three"), start=1):
        page.get_by_role("button", name="Add to thread").click()
        expect(boxes).to_have_count(number)
        boxes.last.locator("[name^=part_]").fill(text)
        expect(previews).to_contain_text(text)
    items = boxes.first.locator("[data-item]")
    colours = [file(f"{name}.png", media.picture(colour=name)) for name in ("teal", "orange")]
    boxes.first.locator("input[type=file]").set_input_files(colours)
    expect(previews.locator("img")).to_have_count(2)
    before = held(boxes.first)
    items.first.get_by_role("button", name="Remove").click()
    expect(previews.locator("img")).to_have_count(1)
    undo.click()
    expect(previews.locator("img")).to_have_count(2)
    assert held(boxes.first) == before
    page.get_by_role("button", name="Remove part 2").click()
    expect(previews).not_to_contain_text("Two")
    undo.click()
    expect(boxes.first.locator("[name^=part_]")).to_be_focused()
    expect(boxes.first.locator("[name^=part_]")).to_have_value("Two")
    expect(previews).to_contain_text("Two")
    assert held(boxes.first) == before
    page.get_by_role("button", name="Remove part 2").click()
    expect(previews).not_to_contain_text("Two")
    page.get_by_role("button", name="Add to thread").click()
    expect(boxes).to_have_count(2)
    expect(boxes.first.locator("[name^=part_]")).to_have_value("Three")
    undo.click()
    expect(boxes).to_have_count(3)
    expect(boxes.last.locator("[name^=part_]")).to_have_value("Two")
    expect(previews).to_contain_text("Two")
    assert held(boxes.last) == before
    assert boxes.last.locator("[name=media_4]").count() == 2


def held(part: Locator) -> list[str]:
    return [str(box.get_attribute("value")) for box in part.locator("[name^=media_]").all()]


def chosen(page: Page) -> list[str]:
    return [str(box.get_attribute("value")) for box in page.locator("ops-tray [name=media_1]").all()]


def test_a_photo_over_the_size_is_shrunk_and_its_original_kept(
    signed_in: Callable[..., Page], shots: Callable[[Page, str], None]
) -> None:
    page = signed_in("priya")
    page.goto("/o/northwind/compose/")
    page.fill("[name=text]", "The whole valley in one picture")
    choose(page, "@northwind")
    tray = page.locator("ops-tray").first
    large, heic = media.noise((2600, 1900), quality=97), phone("HEIF", size=(640, 480))
    tray.locator("input[type=file]").set_input_files([file("DSC 4711 valley.jpg", large), file("IMG_1.HEIC", heic)])
    valley, hut = tray.locator("[data-item]").nth(0), tray.locator("[data-item]").nth(1)
    expect(valley).to_contain_text("X takes photos up to 5 MB: it gets a smaller copy.")
    expect(hut).to_contain_text("Converted from HEIC")
    expect(hut).not_to_contain_text("smaller copy")
    choose(page, "@northwind.outdoors")
    expect(valley).to_contain_text("Facebook takes photos up to 4 MB: it gets a smaller copy.")
    faces(page, shots, "shrunk")
    with page.expect_download() as coming:
        valley.get_by_role("link", name="Download original").click()
    assert coming.value.suggested_filename == "DSC 4711 valley.jpg"
    assert coming.value.path().read_bytes() == large
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("button[value=go]").click()
    page.wait_for_url(re.compile(r"/posts/\d+/"))
    expect(page.locator("#post")).to_contain_text("Facebook takes photos up to 4 MB: it gets a smaller copy.")
    page.get_by_text("The originals of 2 pictures").click()
    expect(page.get_by_role("link", name="Download original")).to_have_count(2)
    faces(page, shots, "shrunk-post")


def faces(page: Page, shots: Callable[[Page, str], None], name: str) -> None:
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            shots(page, f"{name}-{width}-{scheme}")


def choose(page: Page, handle: str) -> None:
    page.click("[data-picker-search]")
    page.locator("[data-options] label", has=page.get_by_text(handle, exact=True)).click()
    page.keyboard.press("Escape")
