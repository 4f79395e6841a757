"""Two browsers edit one post: the second to save sees both texts and decides; a third change is seen too; one browser has no scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.stack]
TEXT = "Hut night on Friday at seven. Bring a lamp."


def written(page: Page) -> str:
    """A draft of Priya's; its address."""
    page.goto("/o/northwind/compose/")
    page.fill("#id_text", TEXT)
    page.click("[data-picker-search]")
    page.locator("[data-options] label", has=page.get_by_text("@northwind", exact=True)).click()
    page.keyboard.press("Escape")
    save(page)
    return page.url.partition("?")[0]


def save(page: Page) -> None:
    page.locator("button[value=go]").click()  # which keeps it, where nothing else is chosen
    page.wait_for_url(re.compile(r"/posts/\d+/\?written="))


def refused(page: Page, who: str) -> None:
    page.locator("button[value=go]").click()  # which keeps it, where nothing else is chosen
    expect(page.locator("#overtaken")).to_contain_text(f"{who} changed a post")


def shown(page: Page) -> str:
    return page.locator(".preview__text").first.inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_second_to_save_decides(
    signed_in: Callable[..., Page], shots: Callable[[Page, str], None], scripts: bool
) -> None:
    priya = signed_in("priya")
    lena = signed_in("lena", java_script_enabled=scripts)
    post = written(priya)
    lena.goto(f"{post}edit/")
    priya.goto(f"{post}edit/")
    priya.fill("#id_text", TEXT.replace("seven", "eight"))
    save(priya)
    lena.fill("#id_text", TEXT.replace("Bring a lamp", "Bring a lamp and a song"))
    refused(lena, "Priya Nair")
    assert shown(priya) == TEXT.replace("seven", "eight")
    sides = lena.locator(".overtaken__side")
    expect(sides.nth(0).locator("del")).to_contain_text("seven.")
    expect(sides.nth(0).locator("ins")).to_contain_text("eight.")
    expect(sides.nth(1).locator("ins")).to_contain_text("lamp and a song.")
    expect(lena.locator("#id_text")).to_have_value("Hut night on Friday at eight. Bring a lamp and a song.")
    for name, width in (("wide", 1280), ("phone", 390), ("narrow", 360)):
        for scheme in ("light", "dark"):
            lena.set_viewport_size({"width": width, "height": 900})
            lena.emulate_media(color_scheme=scheme)
            shots(lena, f"overtaken-{name}-{scheme}")
        if scripts:  # the compared texts never slide sideways
            panel = lena.evaluate(
                "document.querySelector('#overtaken').scrollWidth - document.querySelector('#overtaken').clientWidth"
            )
            assert panel <= 0
    lena.set_viewport_size({"width": 1280, "height": 900})
    save(lena)
    assert shown(lena) == "Hut night on Friday at eight. Bring a lamp and a song."


def test_mine_or_theirs_and_a_third_meanwhile(signed_in: Callable[..., Page]) -> None:
    priya, lena = signed_in("priya"), signed_in("lena")
    post = written(priya)
    lena.goto(f"{post}edit/")
    lena.fill("#id_text", "Lena's own")
    for text in ("Second", "Third"):
        priya.goto(f"{post}edit/")
        priya.fill("#id_text", text)
        save(priya)
        if text == "Second":
            refused(lena, "Priya Nair")
    lena.get_by_role("button", name="Keep mine").click()
    expect(lena.locator("#overtaken")).to_contain_text("Third")
    lena.get_by_role("button", name="Keep mine").click()
    lena.wait_for_url(re.compile(r"/posts/\d+/\?written="))
    assert shown(lena) == "Lena's own"
    priya.goto(f"{post}edit/")
    lena.goto(f"{post}edit/")
    lena.fill("#id_text", "Lena's last")
    save(lena)
    priya.fill("#id_text", "Priya's last")
    refused(priya, "Lena Fischer")
    priya.get_by_role("link", name="Take theirs").click()
    expect(priya.locator(".preview__text").first).to_have_text("Lena's last")
    priya.goto(f"{post}edit/")
    expect(priya.locator("#id_text")).to_have_value("Lena's last")


def test_a_text_that_was_kept_does_not_overwrite_what_was_saved_since(signed_in: Callable[..., Page]) -> None:
    """Lena leaves the page with words in it, Priya saves, Lena comes back: her words are there, and made from the old text."""
    priya, lena = signed_in("priya"), signed_in("lena")
    post = written(priya)
    lena.goto(f"{post}edit/")
    lena.locator("#id_text").press_sequentially("Lena: ")
    lena.goto("/o/northwind/posts/")
    priya.goto(f"{post}edit/")
    priya.fill("#id_text", "Priya's")
    save(priya)
    lena.goto(f"{post}edit/")
    expect(lena.locator("#id_text")).to_have_value(re.compile("Lena: "))
    refused(lena, "Priya Nair")
    assert shown(priya) == "Priya's"


def test_an_entry_that_somebody_moved_is_not_dragged_from_an_old_calendar(signed_in: Callable[..., Page]) -> None:
    priya, lena = signed_in("priya"), signed_in("lena")
    for page in (priya, lena):
        page.route("**/o/northwind/stream/**", lambda route: route.abort())
        page.goto("/o/northwind/calendar/")
    entry = "[data-entry][data-move-url]"
    name = priya.locator(entry).first.get_attribute("id")
    priya.locator(f"#{name}").focus()
    for key in ("m", "ArrowRight", "Enter"):
        priya.keyboard.press(key)
    expect(priya.locator(".toast")).to_contain_text("Moved to")
    lena.locator(f"#{name}").focus()
    for key in ("m", "ArrowRight", "ArrowRight", "Enter"):
        lena.keyboard.press(key)
    expect(lena.locator(".toast")).to_contain_text("Priya Nair has changed it meanwhile")
