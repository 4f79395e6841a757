"""On a phone: no page slides sideways, whatever things are called and however many there are, light and dark."""

import json
from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_axe import is_page
from tests.browser.tree import addresses
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(900)]

SLUG = "long-names"
OWNER, PASSWORD = "long@names.example", "a-phone-in-one-hand"
WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
HANDLE = "the_longest_handle_that_anybody_ever_thought_of_" + "o" * 40
PROFILES = 15
LOOKS = ((360, "dark"), (390, "light"))
TOUCH = {"viewport": {"width": 360, "height": 780}, "has_touch": True}


@pytest.fixture(scope="module")
def long_names(stack: Stack) -> Iterator[Stack]:
    """An organization with volume in which nothing is called anything short."""
    owner = ("--slug", SLUG, "--owner-email", OWNER)
    stack.run_command("create_organization", f"{WORD} & Söhne", *owner, OWNER_PASSWORD=PASSWORD)
    made = ("--organization", SLUG, "--email", "second@names.example", "--role", "member")
    stack.run_command("create_member", *made, MEMBER_PASSWORD=PASSWORD)
    counts = ("--profiles", str(PROFILES), "--posts", "400", "--messages", "400", "--days", "30")
    stack.run_command("seed_volume", "--organization", SLUG, *counts)
    ours = "organization_id = (SELECT id FROM organizations_organization WHERE slug = %s)"
    stack.sql(
        f"UPDATE networks_profile SET name = left(%s || ' ' || id, 100), handle = %s WHERE {ours}", [WORD, HANDLE, SLUG]
    )
    stack.sql(f"UPDATE inbox_contact SET name = left(%s || id, 100), handle = %s WHERE {ours}", [WORD, HANDLE, SLUG])
    stack.sql(
        f"UPDATE publishing_revision SET text = %s || ' https://example.org/' || repeat('a', 300) WHERE {ours}",
        [WORD * 2, SLUG],
    )
    stack.sql(f"UPDATE inbox_message SET text = repeat(%s, 3) WHERE {ours}", [WORD, SLUG])
    stack.sql(f"UPDATE inbox_conversation SET snippet = repeat(%s, 2) WHERE {ours}", [WORD, SLUG])
    stack.sql("UPDATE organizations_user SET name = %s WHERE email LIKE '%%@names.example'", [WORD])
    more_things(stack)
    yield stack
    stack.sql("DELETE FROM teams_pause")


def more_things(stack: Stack) -> None:
    said = stack.run_command("create_api_token", "--organization", SLUG, "--email", OWNER, "--name", WORD).stdout
    asking = {"Authorization": f"Bearer {json.loads(said)['token']}"}

    def call(path: str, **body: object) -> dict:
        answer = requests.post(f"{stack.url}/api/v1/{path}/", json=body, headers=asking, timeout=30)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    listed = requests.get(f"{stack.url}/api/v1/profiles/?limit=50", headers=asking, timeout=30).json()["results"]
    profiles = [row["id"] for row in listed]
    people = requests.get(f"{stack.url}/api/v1/members/", headers=asking, timeout=30).json()["results"]
    assert len(profiles) == PROFILES
    everybody = [row["id"] for row in people]
    call("teams", name=WORD[:80], purpose=WORD * 3, leaders=everybody, members=everybody, profiles=profiles)
    call("tasks", title=WORD, member=everybody[0])
    call("levels", name=WORD[:40], verbs=["view", "reply"])
    call("invitations", email=f"{'n' * 60}@{'long' * 14}.example")
    call("posts", text=WORD * 3, profiles=profiles)
    call("pauses", scope="profile", profile=profiles[0], note=WORD)
    stack.sql("UPDATE organizations_invitation SET mail_due_at = NULL")


@pytest.fixture
def phone(browser: Browser, long_names: Stack) -> Iterator[Page]:
    context = browser.new_context(base_url=long_names.url, **TOUCH)
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto("/")
    page.fill("input[name=login]", OWNER)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"**/o/{SLUG}/")
    yield page
    context.close()


def test_no_page_slides_sideways(phone: Page, long_names: Stack, shots: Callable[[Page, str], None]) -> None:
    phone.emulate_media(reduced_motion="reduce")
    found = []
    seen = 0
    for url in (url for path, url in addresses(long_names, SLUG).items() if path.startswith("o/")):
        if not shown(phone, url):
            continue
        seen += 1
        for width, scheme in LOOKS:
            phone.set_viewport_size({"width": width, "height": 780})
            phone.emulate_media(color_scheme=scheme)
            found += [f"{url}, {width} px, {scheme}: {wide}" for wide in wider(phone)]
            shots(phone, f"phone{url.replace('/', '-')}{width}")
    assert seen > 40
    assert found == []


def shown(page: Page, url: str) -> bool:
    """Opens it, where it is a page; streams and files never end or are none."""
    if not is_page(page, url):
        return False
    page.goto(url)
    return True


def test_the_composer_with_every_profile_chosen(phone: Page, shots: Callable[[Page, str], None]) -> None:
    phone.goto(f"/o/{SLUG}/compose/")
    phone.fill("[name=text]", WORD * 4)
    phone.click("[data-picker-search]")
    boxes = phone.locator("[data-options] label")
    while boxes.count():
        boxes.first.click()
    phone.keyboard.press("Escape")
    expect(phone.locator(".chips label")).to_have_count(PROFILES)
    expect(phone.locator("#previews .preview").first).to_be_visible()
    for tab in phone.locator(".editor [role=tab]").all():
        tab.click()
        assert wider(phone) == [], tab.inner_text()
    for width, scheme in LOOKS:
        phone.set_viewport_size({"width": width, "height": 780})
        phone.emulate_media(color_scheme=scheme)
        shots(phone, f"phone-composer-{width}")
        assert wider(phone) == []


def wider(page: Page) -> list[str]:
    """What reaches beyond the screen, where the page can be slid to it; the outermost of it first."""
    return page.evaluate(
        """() => {
            const wide = innerWidth + 0.5;
            const root = document.documentElement;
            if (root.scrollWidth <= innerWidth) return [];
            const found = [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > wide);
            return [`${root.scrollWidth} of ${innerWidth}`, ...found.slice(0, 3).map(one => one.outerHTML.slice(0, 120))];
        }"""
    )
