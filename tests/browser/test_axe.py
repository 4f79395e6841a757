"""Every main page, wide and narrow: no serious finding of axe, nothing that scrolls sideways, nothing heavy."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import get_resolver
from playwright.sync_api import Browser, Page, Response

from tests.routes import walk
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(240)]

HOME = "/o/northwind/"
ELSEWHERE = (
    "/sandbox/",
    "/sandbox/northwind/x/northwind/",
    "/accounts/2fa/",
    "/accounts/email/",
    "/accounts/password/change/",
)
SIGNED_OUT = ("/accounts/login/", "/accounts/password/reset/", "/accounts/nothing-here/")
OPENED = {  # what stands behind the first row of a list
    f"{HOME}inbox/": "a[href*='/inbox/'][data-open]",
    f"{HOME}posts/": "a[href*='/posts/'][data-open]",
    f"{HOME}profiles/": "a[href*='/profiles/'][data-open]",
    f"{HOME}settings/people/": "a[href*='/people/'][data-open]",
    f"{HOME}teams/": "a[href*='/teams/'][data-open]",
    f"{HOME}calendar/": "a.day__number",
    f"{HOME}teams/levels/": "a[href*='/levels/'][data-open]",
}
WIDTHS = (1280, 390)
NARROWEST = {"width": 360, "height": 760}
SEVERE = {"serious", "critical"}
MOST_BYTES = 150_000
OPTIONS = {"resultTypes": ["violations"]}  # what passes need not be spelt out


def test_axe_finds_nothing_serious(signed_in: Callable[..., Page]) -> None:
    page, axe, found = signed_in("olive"), Axe(), []
    for path in addresses(page):
        opened(page, path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{path} at {width} px: {said}" for said in findings(axe, page)]
    assert found == []


def test_axe_finds_nothing_serious_before_signing_in(browser: Browser, stack: Stack) -> None:
    page, axe, found = browser.new_page(base_url=stack.url), Axe(), []
    for path in SIGNED_OUT:
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{path} at {width} px: {said}" for said in findings(axe, page)]
    page.close()
    assert found == []


def test_nothing_scrolls_sideways_and_no_page_is_heavy(signed_in: Callable[..., Page]) -> None:
    page = signed_in("olive", viewport=NARROWEST, has_touch=True, is_mobile=True)
    wide, heavy = [], []
    for path in addresses(page):
        size = len(opened(page, path).body())
        heavy += [f"{path}: {size} bytes"] * (size > MOST_BYTES)
        width = page.evaluate("document.documentElement.scrollWidth")
        wide += [f"{path}: {width} px"] * (width > NARROWEST["width"])
    assert (wide, heavy) == ([], [])


def opened(page: Page, path: str) -> Response:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, path
    return answer


def addresses(page: Page) -> list[str]:
    """Every page that needs no id, by the tree of addresses, and the first thing of each list."""
    fixed = (f"/{path}".replace("<slug:slug>", "northwind") for path, _ in walk(get_resolver().url_patterns))
    found = [path for path in fixed if path.startswith(HOME) and "<" not in path and is_page(page, path)]
    for path, link in OPENED.items():
        page.goto(path)
        href = page.locator(link).first.get_attribute("href", timeout=1000) if page.locator(link).count() else None
        found += [href if href.startswith("/") else path + href] if href else []
    return [*found, *ELSEWHERE]


def is_page(page: Page, path: str) -> bool:
    """Not a part that htmx asks for, not a file, and not an address that only takes what is sent."""
    answer = page.request.get(path)
    return answer.status == 200 and "text/html" in answer.headers["content-type"] and "<main" in answer.text()


def findings(axe: Axe, page: Page) -> list[str]:
    rows = [row for row in axe.run(page, options=OPTIONS).response["violations"] if row["impact"] in SEVERE]
    return [f"{row['id']} ({row['impact']}): {row['nodes'][0]['html'][:200]}" for row in rows]
