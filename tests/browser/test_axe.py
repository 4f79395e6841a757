"""Every main page, wide and narrow: no serious finding of axe, nothing that scrolls sideways, nothing heavy."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(120)]

HOME = "/o/northwind/"
PAGES = (
    HOME,
    f"{HOME}inbox/",
    f"{HOME}compose/",
    f"{HOME}calendar/",
    f"{HOME}posts/",
    f"{HOME}approvals/",
    f"{HOME}analytics/",
    f"{HOME}teams/",
    f"{HOME}teams/new/",
    f"{HOME}teams/rights/",
    f"{HOME}teams/levels/",
    f"{HOME}profiles/",
    f"{HOME}profiles/connect/",
    f"{HOME}audit/",
    f"{HOME}settings/",
    f"{HOME}settings/people/",
    f"{HOME}settings/people/invite/",
    f"{HOME}settings/people/invite/list/",
    f"{HOME}settings/invitations/",
    "/sandbox/",
    "/sandbox/northwind/x/northwind/",
    "/accounts/2fa/",
)
OPENED = {  # what stands behind the first row of a list
    f"{HOME}inbox/": "a[href*='/inbox/'][data-open]",
    f"{HOME}posts/": "a[href*='/posts/'][data-open]",
    f"{HOME}profiles/": "a[href*='/profiles/'][data-open]",
    f"{HOME}settings/people/": "a[href*='/people/'][data-open]",
    f"{HOME}teams/": "a[href*='/teams/'][data-open]",
    f"{HOME}calendar/": "a.day__number",
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
    """The fixed ones, and the first thing of each list."""
    found = list(PAGES)
    for path, link in OPENED.items():
        page.goto(path)
        found.append(page.locator(link).first.get_attribute("href") or "")
    return [path if path.startswith("/") else f"{HOME}calendar/{path}" for path in found]


def findings(axe: Axe, page: Page) -> list[str]:
    rows = [row for row in axe.run(page, options=OPTIONS).response["violations"] if row["impact"] in SEVERE]
    return [f"{row['id']} ({row['impact']}): {row['nodes'][0]['html'][:200]}" for row in rows]
