"""Whatever stands behind the question mark of an address, no page and no call breaks over it.

The names are collected from the source, so that a new one is tried at once; each is tried on every address.
"""

import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.guards.test_urls import ROUTES, filled, things
from tests.rest.caller import caller
from tests.routes import walk
from tests.source import product_modules

things = things
pytestmark = pytest.mark.usefixtures("bare_errors")
READ = re.compile(r"""(?:GET|query_params|params|asked)(?:\.get|\.getlist|\[)\(?["'](\w+)["']""")
KEYS = re.compile(r"^[A-Z_]*(?:KEYS|PARAMETERS) = \(([^)]*)\)", re.MULTILINE)
FIELDS = {  # of the lists, which the filters name
    "state",
    "profile",
    "team",
    "assignee",
    "tag",
    "q",
    "due_before",
    "from",
    "to",
    "order",
    "limit",
    "cursor",
}
WRONG = ["\x00", "9" * 30, "2026-13-40", "²'😀"]


def names() -> list[str]:
    """Every name that some view reads behind the question mark."""
    found = set(FIELDS)
    for path, _ in product_modules():
        text = path.read_text()
        found.update(READ.findall(text))
        found.update(name for keys in KEYS.findall(text) for name in re.findall(r'"(\w+)"', keys))
    return sorted(found)


REST = sorted(
    path.removeprefix("api/v1/").replace("^", "").replace("$", "")
    for path, one in walk(get_resolver().url_patterns)
    if path.startswith("api/v1/") and "(?P" not in path and "get" in getattr(one.callback, "actions", {})
)


def test_the_names_are_found() -> None:
    assert {"before", "members_after", "day", "verb", "q"} <= set(names())


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_no_page_breaks(cast, things, wrong: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(cast.olive.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    query = urlencode(dict.fromkeys(names(), wrong))
    for path, _ in ROUTES:
        if "stream" in path:
            continue
        status = client.get(f"{filled(path, things)}?{query}").status_code
        assert status < 500, f"/{path} answered {status} to {wrong!r} for each of {names()}"


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_no_list_breaks(cast, wrong: str) -> None:
    olive = caller(cast.olive)
    for path in REST:
        for name in FIELDS:
            status = olive.get(f"{path}?{urlencode({name: wrong})}").status_code
            assert status < 500, f"{path}?{name}={wrong!r} answered {status}"
