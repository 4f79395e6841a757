"""Rights at a glance in a browser: a cell tells why, many are ticked at once, and what was given is there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(120)]
RIGHTS = "/o/northwind/teams/rights/"


def test_a_cell_tells_why_and_a_row_is_given_a_level(
    signed_in: Callable[..., Page], shots: Callable[[Page, str], None]
) -> None:
    page = signed_in("olive")
    page.goto(RIGHTS)
    expect(page.locator("input[name=seen]")).not_to_have_count(0)  # what was shown goes along with what is chosen
    shots(page, "rights")
    page.locator("tr", has_text="Ed").locator("td > a").first.click()
    dialog = page.get_by_role("dialog", name="Why?")
    expect(dialog).to_contain_text("may not publish here")
    shots(page, "rights-why")
    page.keyboard.press("Escape")
    row = page.locator("tr", has_text="Cole")
    row.locator("th input").check()
    count = row.locator("td > input").count()
    expect(page.get_by_role("button", name="Change the ticked rights")).to_contain_text(str(count))
    page.select_option("#rights-level", "publisher")
    page.get_by_role("button", name="Change the ticked rights").click()
    expect(page.locator("tr", has_text="Cole").locator("td.own")).to_have_count(count)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(RIGHTS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shots(page, "rights-390")
