"""Every page of the tree of addresses: no serious finding of axe, nothing that scrolls sideways, nothing heavy.

Every other page wide and light, the others narrow and dark; none scrolls sideways in either width. What shows no page is by rule only for what is sent (405), or a part,
a file or a program's (no <main>: parts are seen within their pages); anything else is named in NO_PAGE with its reason.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from playwright.sync_api import APIResponse, Browser, Page

from tests.browser.test_second_step import set_up_app, sign_in_again
from tests.browser.tree import addresses, things_to_see
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(900)]

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
# axe sets styles of its own, which the security policy of the pages forbids.
TOUCH = {"viewport": {"width": 1280, "height": 900}, "has_touch": True, "bypass_csp": True}
LOOKS = ((1280, "light"), (360, "dark"))
SEVERE = {"serious", "critical"}
MOST_BYTES = 150_000
OPTIONS = {"resultTypes": ["violations"]}  # what passes need not be spelt out
OPEN_TO_ALL = ("accounts/", "join/")  # what leads a member elsewhere is seen before signing in
SECOND_STEP = (  # shown to those who have an app and a security key
    "accounts/2fa/",
    "accounts/2fa/reauthenticate/",
    "accounts/2fa/totp/deactivate/",
    "accounts/2fa/recovery-codes/",
    "accounts/2fa/webauthn/",
    "accounts/2fa/webauthn/keys/<int:pk>/edit/",
    "accounts/2fa/webauthn/keys/<int:pk>/remove/",
)
NO_PAGE = {
    "": "leads home, or to the sign-in",
    "accounts/entry/<slug:slug>/": "leads in; walked by the second step's test, for who lacks one",
    "accounts/organization/new/": "where registration is open, which the demo is not",
    "accounts/2fa/authenticate/": "asked in the middle of signing in: walked by the second step's test below",
    "accounts/2fa/recovery-codes/download/": "a file of who has such codes",
    "accounts/2fa/webauthn/login/": "what the script of the sign-in page asks",
    "accounts/2fa/webauthn/reauthenticate/": "leads to the address above, which is the same question by app",
    "accounts/login/code/confirm/": "nobody signs in by a code in an e-mail",
    "accounts/password/set/": "leads those with a password to changing it, and nobody has none",
    "accounts/sign-on/<slug:slug>/": "leads to the identity provider; without one, the face of 404",
    "accounts/sign-on/<slug:slug>/link/": "for who comes from the identity provider: walked by the sign-on's test",
    "accounts/sign-on/<slug:slug>/link/<str:token>/": "likewise; without a question, the face of 403",
    "accounts/sign-on/<slug:slug>/callback/": "leads in; without an answer of the provider, the face of 403",
    "accounts/logo/<slug:slug>/": "a picture; the face of 404 for a browser that knows nobody there",
    "o/<slug:slug>/inbox/<int:pk>/pictures/<int:place>/": "a picture; the face of 404 without one",
    "o/<slug:slug>/logo/": "a picture; the face of 404 without one",
    "o/<slug:slug>/faces/<int:pk>/": "a picture; the face of 404 without one",
    "o/<slug:slug>/settings/security/sign-on/test/": "leads to the identity provider; without one, the face of 404",
    "o/<slug:slug>/notifications/<int:pk>/": "leads to what it tells of",
    r"sandbox/(?P<slug>[-\w]+)/(?P<network>x|facebook)/(?P<handle>[\w.]+)/file/(?P<pk>[0-9]{1,18})/": "a picture",
}


@pytest.fixture(scope="module")
def tree(stack: Stack) -> Iterator[dict[str, str]]:
    things_to_see(stack)
    yield addresses(stack)
    stack.sql("DELETE FROM teams_pause")
    stack.sql("DELETE FROM organizations_signondomain")


def test_every_page_of_the_tree(signed_in: Callable[..., Page], browser: Browser, stack: Stack, tree) -> None:
    inside, outside = signed_in("olive", **TOUCH), browser.new_page(base_url=stack.url, **TOUCH)
    within = [path for path in tree if is_page(inside, tree[path])]
    others = [path for path in tree if path.startswith(OPEN_TO_ALL) and path not in within]
    before = [path for path in others if is_page(outside, tree[path])]
    unseen = {*tree} - {*within, *before, *SECOND_STEP, *NO_PAGE}
    lost = sorted(path for path in unseen if has_main(inside.request.get(tree[path])))
    assert lost == [], "no page, though neither a part nor only for what is sent: say why in NO_PAGE"
    found = walked(inside, [tree[path] for path in within]) + walked(outside, [tree[path] for path in before])
    outside.close()
    assert found == []


def test_the_second_step(signed_in: Callable[..., Page], stack: Stack) -> None:
    """Of somebody whom no other test needs. The key is only written down: no page asks it anything."""
    page = signed_in("mallory", organization="globex", **TOUCH)
    stack.sql("UPDATE organizations_organization SET require_mfa = true WHERE slug = 'globex'")
    found = walked(page, ["/accounts/entry/globex/"])
    set_up_app(page)
    key = stack.sql(
        "INSERT INTO mfa_authenticator (user_id, type, data, created_at) SELECT id, 'webauthn', %s, now()"
        " FROM organizations_user WHERE email = 'mallory@globex.example' RETURNING id",
        ['{"name": "Laptop", "credential": {}}'],
    )[0][0]
    found += walked(page, ["/" + path.replace("<int:pk>", str(key)) for path in SECOND_STEP])
    sign_in_again(page, "mallory@globex.example")
    page.wait_for_url("**/accounts/2fa/authenticate/**")
    assert found + findings(page, "the second step") == []


def test_every_error_has_a_face(browser: Browser, stack: Stack) -> None:
    page, found = browser.new_page(base_url=stack.url, **TOUCH), []
    page.goto("/accounts/login/")
    for face in sorted(TEMPLATES.glob("[45]*.html")):
        page.set_content(render_to_string(face.name))
        found += findings(page, face.name)
    page.close()
    assert found == []


def is_page(page: Page, url: str) -> bool:
    answer = page.request.get(url)
    return answer.status == 200 and urlsplit(answer.url).path == url and has_main(answer)


def has_main(answer: APIResponse) -> bool:
    return "text/html" in answer.headers.get("content-type", "") and "<main" in answer.text()


def walked(page: Page, urls: list[str]) -> list[str]:
    found = []
    for first in range(len(LOOKS)):
        width, scheme = LOOKS[first]
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour is caught on its way
        for url in urls[first :: len(LOOKS)]:
            page.set_viewport_size({"width": width, "height": 800})
            answer = page.goto(url)
            assert answer is not None
            assert answer.status == 200, url
            size = len(answer.body())
            found += [f"{url}: {size} bytes"] * (size > MOST_BYTES) + findings(page, f"{url}, {width} px, {scheme}")
            page.set_viewport_size({"width": LOOKS[1 - first][0], "height": 800})
            found += [f"{url}: scrolls sideways"] * sideways(page)
    return found


def sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def findings(page: Page, where: str) -> list[str]:
    found = [f"{where}: no title"] * (not page.title().removesuffix("SocialOps").strip(" ·"))
    found += [f"{where}: scrolls sideways"] * sideways(page)
    rows = Axe().run(page, options=OPTIONS).response["violations"]
    return found + [f"{where}: {row['id']}: {row['nodes'][0]['html'][:200]}" for row in rows if row["impact"] in SEVERE]
