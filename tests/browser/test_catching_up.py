"""Every page catches up from what it was drawn with: in every tab, before it listens, after sleep, after a break, with the log gone."""

import json
import re
from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import CDPSession, Page, expect

from foundation.processes import realtime
from tests.browser.test_session_ends import DESK, PHONE
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(420)]

POSTS = "/o/northwind/posts/"
SignedIn = Callable[..., Page]


def organization(stack: Stack) -> int:
    return int(stack.sql("SELECT id FROM organizations_organization WHERE slug = 'northwind'")[0][0])


@pytest.fixture(scope="module", autouse=True)
def post(stack: Stack) -> int:
    """A draft of Priya's."""
    made = stack.run_command(
        "create_api_token", "--organization", "northwind", "--email", "priya@northwind.example", "--name", "draft"
    )
    bearer = {"Authorization": f"Bearer {json.loads(made.stdout)['token']}"}
    profile = stack.sql("SELECT id FROM networks_profile WHERE handle = 'northwind' LIMIT 1")[0][0]
    draft = {"text": "Something that changes", "profiles": [profile]}
    answer = requests.post(f"{stack.url}/api/v1/posts/", json=draft, headers=bearer, timeout=30)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def said(stack: Stack, title: str) -> None:
    """Something changes that the list of posts shows, and is told as every change is."""
    stack.sql(
        "UPDATE publishing_revision SET text = %s WHERE id ="
        " (SELECT revision_id FROM publishing_post WHERE organization_id = %s ORDER BY id DESC LIMIT 1)",
        [title, organization(stack)],
    )
    realtime.emit_hint(stack.redis(), organization(stack), {"topic": "posts", "id": "", "profile": None})


def shows(page: Page, title: str) -> None:
    expect(page.locator("#posts")).to_contain_text(title, timeout=20_000)


def another(page: Page) -> Page:
    """A tab beside it: without the lock, as the first one has it."""
    tab = page.context.new_page()
    tab.set_default_timeout(15_000)
    return tab


def leads(page: Page) -> bool:
    return bool(page.evaluate("document.querySelector('ops-stream').leads"))


def until(page: Page, holds: str) -> None:
    """The policy of the pages forbids what playwright's own waiting does."""
    for _ in range(400):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(50)
    raise AssertionError(holds)


def settled(page: Page) -> None:
    """Its stream is open."""
    until(page, "document.querySelector('ops-stream').source?.readyState === 1")


def frozen(page: Page, state: str) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": state})
    return session


@pytest.mark.parametrize("look", [DESK, PHONE], ids=["1280", "390"])
def test_a_thread_that_leaves_ends_as_sent_in_both_tabs(signed_in: SignedIn, stack: Stack, look: dict) -> None:
    page = signed_in("priya", **look)
    page.goto("/o/northwind/compose/")
    page.fill("[name=text]", f"A thread of {look['viewport']['width']}, first")
    page.click("[data-picker-search]")
    page.locator("[data-options] label", has=page.get_by_text("@northwind", exact=True)).click()
    page.keyboard.press("Escape")
    for number in (1, 2):
        page.get_by_role("button", name="Add to thread").click()
        page.locator("[data-part] textarea").nth(number - 1).fill(f"A thread of {look['viewport']['width']}, {number}")
    page.locator("[name=when][value=now]").check()
    page.locator("button[value=go]").click()
    page.wait_for_url(re.compile(r"/posts/\d+/"))
    beside = another(page)
    beside.goto(page.url)
    for tab in (page, beside):
        tab.bring_to_front()
        expect(tab.locator("#post .badge").first).to_have_text(re.compile("^\\s*Sent"), timeout=60_000)
    assert leads(page) != leads(beside)


def test_what_is_said_between_drawing_and_listening_is_heard(signed_in: SignedIn, stack: Stack) -> None:
    page = signed_in("priya")
    held: list = []
    page.route("**/stream/**", lambda route: held.append(route))
    page.goto(POSTS)
    until(page, "Boolean(document.querySelector('ops-stream').source)")
    said(stack, "Said before anybody listened")
    expect(page.locator("#posts")).not_to_contain_text("Said before anybody listened")
    for route in held:
        route.continue_()
    page.unroute("**/stream/**")
    shows(page, "Said before anybody listened")


def test_a_tab_without_the_lock_asks_for_what_it_missed(signed_in: SignedIn, stack: Stack) -> None:
    page = signed_in("priya")
    page.goto(POSTS)
    settled(page)
    beside, held = another(page), []
    beside.route("**/js/app*.js", lambda route: held.append(route))  # drawn, and deaf as yet
    beside.goto(POSTS, wait_until="commit")
    beside.wait_for_selector("#posts")
    said(stack, "Told to the other tab alone")
    shows(page, "Told to the other tab alone")
    for route in held:
        route.continue_()
    beside.unroute("**/js/app*.js")
    shows(beside, "Told to the other tab alone")
    assert not leads(beside)
    said(stack, "Told to both")
    shows(page, "Told to both")
    shows(beside, "Told to both")


def test_when_the_tab_that_tells_is_closed_the_next_one_goes_on(signed_in: SignedIn, stack: Stack) -> None:
    page = signed_in("priya")
    page.goto(POSTS)
    settled(page)
    beside = another(page)
    beside.goto(POSTS)
    page.close()
    settled(beside)
    said(stack, "Heard by who was left")
    shows(beside, "Heard by who was left")


def test_a_tab_that_tells_no_more_is_replaced(signed_in: SignedIn, stack: Stack) -> None:
    page = signed_in("priya")
    page.goto(POSTS)
    settled(page)
    beside = another(page)
    beside.clock.install()
    beside.goto(POSTS)
    page.evaluate("document.querySelector('ops-stream').source.close()")  # as where its machine stopped it
    said(stack, "Told to nobody")
    beside.bring_to_front()
    for _ in range(10):
        beside.clock.run_for(5_000)
    beside.clock.resume()
    shows(beside, "Told to nobody")
    assert leads(beside)
    until(page, "!document.querySelector('ops-stream').leads")
    said(stack, "Told again")
    shows(beside, "Told again")
    page.bring_to_front()
    shows(page, "Told again")


def test_a_frozen_page_catches_up_when_it_goes_on(signed_in: SignedIn, stack: Stack) -> None:
    page = signed_in("priya")
    page.goto(POSTS)
    settled(page)
    session = frozen(page, "frozen")
    said(stack, "Said while it slept")
    session.send("Page.setWebLifecycleState", {"state": "active"})
    shows(page, "Said while it slept")


def test_after_a_break_of_the_line(signed_in: SignedIn, stack: Stack) -> None:
    page = signed_in("priya")
    page.goto(POSTS)
    settled(page)
    page.context.set_offline(True)
    page.evaluate("document.querySelector('ops-stream').source.close()")
    said(stack, "Said while the line was down")
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    shows(page, "Said while the line was down")


def test_after_the_web_process_was_started_anew(signed_in: SignedIn, stack: Stack) -> None:
    page = signed_in("priya")
    page.goto(POSTS)
    settled(page)
    stack.stop("web")
    said(stack, "Said while nobody served")
    stack.start("web")
    stack.wait_until_ready()
    shows(page, "Said while nobody served")


def test_with_the_log_emptied(signed_in: SignedIn, stack: Stack) -> None:
    page, held = signed_in("priya"), []
    page.route("**/stream/**", lambda route: held.append(route))
    page.goto(POSTS)
    until(page, "Boolean(document.querySelector('ops-stream').source)")
    said(stack, "Said, and the log emptied")
    stack.redis().delete(realtime.hint_log_key(realtime.channel(organization(stack))))
    for route in held:
        route.continue_()
    page.unroute("**/stream/**")
    shows(page, "Said, and the log emptied")


def test_what_is_said_while_a_part_is_on_its_way_is_not_lost_with_it(signed_in: SignedIn, stack: Stack) -> None:
    """The part that was drawn before replaces the one that listens."""
    page = signed_in("priya")
    page.goto(POSTS)
    settled(page)
    answers: list = []

    def late(route) -> None:
        if answers:
            route.continue_()
        else:
            answers.append((route, route.fetch()))

    page.route("**/posts/", late)
    said(stack, "The first")
    until(page, "document.querySelector('#posts').classList.contains('htmx-request')")
    while not answers:
        page.wait_for_timeout(50)
    said(stack, "The second")
    page.wait_for_timeout(400)  # heard, and its own delay of a second not over
    route, answer = answers[0]
    route.fulfill(response=answer)
    page.unroute("**/posts/")
    shows(page, "The second")


def test_back_shows_what_is_now(signed_in: SignedIn, stack: Stack) -> None:
    page = signed_in("priya")
    page.goto(POSTS)
    page.goto("/o/northwind/tasks/")
    said(stack, "Said while another page was open")
    page.go_back()
    shows(page, "Said while another page was open")
