"""Chromium against a whole stack with the demo in it. Where Chromium is not installed, that is said."""

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from socialops.demo import DEMO_PASSWORD
from tests.stack import Stack, running

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium; or set CHROMIUM to its path).")
    expect.set_options(timeout=15_000)  # as long as every page of these tests may take
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    """With the demo in it."""
    with running(SANDBOX="True", INBOUND_POLL_SECONDS="30") as stack:
        stack.run_command("seed_demo")
        yield stack


@pytest.fixture
def signed_in(browser: Browser, stack: Stack) -> Iterator[Callable[..., Page]]:
    """signed_in("priya") -> a page of a browser of their own, at the organization's home."""
    contexts, broken = [], []

    def sign_in(name: str, *, organization: str = "northwind", lands: str = "", **options) -> Page:
        given = {"base_url": stack.url, "viewport": {"width": 1280, "height": 900}, **options}
        context = browser.new_context(**given)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda said: broken.append(said.text) if is_defect(said.text) else None)
        page.goto("/")
        page.fill("input[name=login]", f"{name}@{organization}.example")
        page.fill("input[name=password]", DEMO_PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url(lands or f"**/o/{organization}/")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert broken == [], "a script failed, or did what the security policy forbids"


# A preview that was asked for before its part, or the whole composer, was gone finds no place any more.
LATE_PREVIEW = re.compile(r"htmx:oobErrorNoTarget, #(previews|next-(label|hint)|(counters|misfits|changes)-[-\d]+)$")


def is_defect(said: str) -> bool:
    """Of what the console says: not that the server refused something, which tests ask for."""
    refused = (
        "htmx:afterRequest",
        "htmx:responseError",
        "htmx:sendError",
        "htmx:sendAbort",
        "htmx:timeout",
        "Response Status Error",
    )
    fine = said.startswith(refused) or LATE_PREVIEW.match(said)
    return "Content Security Policy" in said or (said.startswith("htmx:") and not fine)


@pytest.fixture
def shots() -> Callable[[Page, str], None]:
    """shots(page, name) keeps a picture where SCREENSHOTS names a folder."""
    folder = os.environ.get("SCREENSHOTS")

    def keep(page: Page, name: str) -> None:
        if folder:
            page.screenshot(path=f"{folder}/{name}.png", full_page=True)

    return keep
