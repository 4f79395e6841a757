"""One's own picture, and one's account within the organization, as a person would go through them."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests import media
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(280)]

PEOPLE = "/o/northwind/settings/people/"
ACCOUNT = ["ways-in", "email", "password/change", "2fa", "sessions"]


@pytest.fixture
def pictured(signed_in: Callable[..., Page], stack: Stack) -> Iterator[Page]:
    """Cole, who has just chosen a photo."""
    page = signed_in("cole")
    page.goto("/o/northwind/settings/you/")
    photo = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": media.photo()}
    page.locator("input[type=file]").set_input_files(photo)  # type: ignore[arg-type]
    page.get_by_role("button", name="Use this picture").click()
    expect(page.locator("#toasts")).to_contain_text("Your colleagues see this picture")
    yield page
    stack.sql("UPDATE organizations_user SET picture = ''")


def is_loaded(page: Page, within: str) -> bool:
    picture = page.locator(f"{within} .avatar img").first
    expect(picture).to_be_attached()
    picture.scroll_into_view_if_needed()
    return bool(picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth === 256; }"))


def test_a_picture_is_chosen_shown_and_removed(pictured: Page, signed_in: Callable[..., Page], shots) -> None:
    assert is_loaded(pictured, ".sidebar")
    assert is_loaded(pictured, "main")
    shots(pictured, "you")
    other = signed_in("priya")
    other.goto(PEOPLE)
    assert is_loaded(other, "main li:has-text('Cole')")
    shots(other, "people")
    approver = signed_in("ava", color_scheme="dark")
    for page, path, name in (
        (other, "teams/chart/", "chart"),
        (other, "inbox/?state=closed", "inbox"),
        (other, "activity/", "activity"),
        (approver, "approvals/", "approvals"),
    ):
        page.goto(f"/o/northwind/{path}")
        if name == "inbox":
            page.locator("#inbox-rows [data-open]").first.click()
            expect(page.locator(".bubble--ours .avatar").first).to_be_visible()
        shots(page, name)
    pictured.on("dialog", lambda dialog: dialog.accept())
    pictured.get_by_role("button", name="Remove the picture").click()
    expect(pictured.locator("#toasts")).to_contain_text("The picture is gone")
    expect(pictured.locator(".sidebar .avatar img")).to_have_count(0)
    other.goto(PEOPLE)
    expect(other.locator("main .avatar img")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_ones_account_within_the_organization(signed_in: Callable[..., Page], shots, scheme: str) -> None:
    page = signed_in("priya", color_scheme=scheme)
    for width in (1280, 390, 360):
        page.set_viewport_size({"width": width, "height": 844})
        for path in ACCOUNT:
            page.goto(f"/accounts/{path}/")
            shown = page.locator(".sidebar" if width > 640 else ".bottombar")
            expect(shown).to_be_visible()
            expect(page.locator("main h1")).to_have_count(1)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(
                "[...document.querySelectorAll('.table-wrap')].every((one) => one.scrollWidth <= one.clientWidth)"
            )
            shots(page, f"account-{path.replace('/', '-')}-{width}-{scheme}")
        page.goto("/o/northwind/settings/you/")
        shots(page, f"you-{width}-{scheme}")
        page.goto("/nothing/")
        expect(page.locator("main h1")).to_have_text("There is nothing here")
        shots(page, f"missing-{width}-{scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_may_only_look_is_offered_no_writing(signed_in: Callable[..., Page], shots, scheme: str) -> None:
    page = signed_in("vic", color_scheme=scheme)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto("/o/northwind/")
        expect(page.get_by_role("link", name="Compose")).to_have_count(0)
        shots(page, f"viewer-{width}-{scheme}")
    page.set_viewport_size({"width": 1280, "height": 844})
    page.keyboard.press("c")
    page.keyboard.press("Control+k")
    page.locator("#palette input").fill("Compose")
    expect(page.locator("#palette-list")).not_to_contain_text("Compose")
    assert page.url.endswith("/o/northwind/")
