"""At the desk with the keyboard: where the focus is after each step, what is offered next, and what can be undone."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils.timezone import now
from playwright.sync_api import APIResponse, Page, Route, expect

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(300)]

HOME = "/o/northwind/"
NAMED = """() => [...document.querySelectorAll(".sidebar :is(a, button)")].filter(one => one.checkVisibility()).filter(
    one => !(one.getAttribute("aria-label") || one.title || one.innerText.trim())).map(one => one.outerHTML)"""


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.tagName"))


def expect_focus(page: Page, wanted: str) -> None:
    page.wait_for_function("id => document.activeElement?.id === id", arg=wanted)
    page.wait_for_timeout(700)
    assert focused(page) == wanted, "and it stays there when the page catches up"


def test_a_morning_in_the_inbox(signed_in: Callable[..., Page], shots: Callable[[Page, str], None]) -> None:
    page = signed_in("lena")
    page.goto(f"{HOME}inbox/")
    page.locator("[data-row]:has(.talk__waits) [data-open]").first.click()
    page.wait_for_url(re.compile(r"/inbox/\d+/"))
    first = page.url
    box = page.locator("#reply-text")
    box.fill("Thank you, we look into it.")
    box.press("Control+Enter")
    expect(page.locator(".bubble--ours").last).to_contain_text("Thank you, we look into it.")
    expect_focus(page, "reply-text")
    page.locator("#turn-button").click()
    expect(page.locator(".toast")).to_contain_text("Closed.")
    expect_focus(page, "next-button")
    shots(page, "desk-closed")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.split("?")[0] != first.split("?")[0])
    expect_focus(page, "reply-text")
    page.locator("[data-undo]").click()
    expect(page.locator(".toast")).to_have_count(0)
    assert focused(page) != "BODY"
    page.goto(first)
    expect(page.locator("#turn-button")).to_contain_text("Close")
    search = page.locator(".inbox__search [type=search]")
    page.keyboard.press("/")
    expect(search).to_be_focused()
    search.type("zzz")
    expect(page.locator("#inbox-rows")).to_contain_text("Nothing fits")
    expect(search).to_be_focused()
    page.locator("#inbox-rows").get_by_role("link", name="Show all that is open").click()
    expect(page.locator("#inbox-rows [data-row]").first).to_be_visible()


def test_what_was_asked_for_before_an_act_does_not_undo_what_it_showed(signed_in: Callable[..., Page]) -> None:
    """The head of the thread is asked for because something changed; its answer comes after that of the closing."""
    page = signed_in("lena")
    page.goto(f"{HOME}inbox/")
    page.locator("[data-row]:has(.talk__waits) [data-open]").last.click()
    page.wait_for_url(re.compile(r"/inbox/\d+/"))
    expect(page.locator("#turn-button")).to_contain_text("Close")
    number = re.search(r"/inbox/(\d+)/", page.url)[1]
    late: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if late:
            route.continue_()
        else:
            late.append((route, route.fetch()))

    page.route(f"**/inbox/{number}/head/**", hold)
    with page.expect_request(f"**/inbox/{number}/head/**"):
        page.evaluate(f"document.body.dispatchEvent(new CustomEvent('ops:inbox:{number}'))")
    page.locator("#turn-button").click()
    expect_focus(page, "next-button")
    route, answer = late[0]
    with page.expect_response(f"**/inbox/{number}/head/**"):
        route.fulfill(response=answer)
    expect_focus(page, "next-button")
    expect(page.locator("#turn-button")).to_contain_text("Reopen")


def test_the_palette_and_the_sidebar_on_every_page(signed_in: Callable[..., Page]) -> None:
    page = signed_in("lena")
    page.goto(f"{HOME}teams/")
    page.keyboard.press("/")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.type("priya")
    expect(page.locator("#palette [role=option]").first).to_contain_text("Priya")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/settings/people/\d+/"))
    page.keyboard.press("Control+k")
    page.keyboard.type("zzzz")
    expect(page.locator(".palette__none")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("[data-sidebar-toggle]").click()
    page.wait_for_function("document.querySelector('.sidebar').offsetWidth < 80")
    assert page.evaluate(NAMED) == []


def test_the_calendar_by_keyboard_and_mouse(signed_in: Callable[..., Page]) -> None:
    page = signed_in("priya")
    ahead = (now() + timedelta(days=40)).strftime("%Y-%m")
    page.goto(f"{HOME}calendar/?month={ahead}")
    page.locator("#month-today").focus()
    page.keyboard.press("Tab")
    where = "document.activeElement.closest('[data-day]')?.dataset.day"
    first = page.evaluate(where)
    assert first, "one Tab enters the grid"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(where) != first
    for _ in range(5):
        page.keyboard.press("Tab")
    assert page.evaluate(where) is None, "and a few leave it, whatever stands in it"
    empty = page.locator(f"[data-day='{ahead}-15']:not(:has(.entry))")
    if empty.count():
        empty.click(position={"x": 60, "y": 80})
        page.wait_for_url(f"**/compose/?day={ahead}-15")
        expect(page.locator("[name=day]")).to_have_value(f"{ahead}-15")
    page.goto(f"{HOME}calendar/")
    entry = page.locator("[data-entry][data-move-url]").first
    day = entry.evaluate("one => one.closest('[data-day]').dataset.day")
    entry.drag_to(page.locator("[data-closed]").first)
    expect(page.locator(".toast")).to_contain_text("That day is over")
    page.locator("[data-dismiss]").click()
    name = entry.get_attribute("id")
    entry.drag_to(page.locator(f"[data-day='{day}'] ~ [data-day]").first)
    expect(page.locator(".toast")).to_contain_text("Moved to")
    page.locator("[data-undo]").click()
    expect(page.locator(f"[data-day='{day}'] #{name}")).to_be_visible()


def test_the_picker(signed_in: Callable[..., Page]) -> None:
    page = signed_in("priya")
    page.goto(f"{HOME}compose/")
    search = page.locator("[data-picker-search]")
    search.fill("facebook")
    expect(page.locator("[data-options] .pick")).to_have_count(1)
    search.press("Enter")
    chip = page.locator("[data-picked] .pick")
    expect(chip).to_contain_text("@")
    expect(chip.locator(".pick__handle")).to_be_visible()
    search.fill("nobody is called so")
    expect(page.locator("[data-none]")).to_be_visible()
    search.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#previews .preview")).to_have_count(1)
    page.goto(f"{HOME}tasks/")
    page.go_back()
    expect(page.locator("[data-composer]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    boxes = page.locator("[name=profiles]:checked").count()
    expect(chip).to_have_count(boxes)
    expect(page.locator("[data-options] :checked")).to_have_count(0)
    expect(page.locator("#previews .preview")).to_have_count(boxes)
    covered = page.evaluate(
        """async () => {
            document.dispatchEvent(new CustomEvent("toast", { detail: { text: "Something was done ".repeat(8) } }));
            const box = (one) => document.querySelector(one).getBoundingClientRect();
            return box(".toast").bottom > box("[name=do][value=go]").top;
        }"""
    )
    assert not covered, "a notice never lies over the button that is pressed next"
