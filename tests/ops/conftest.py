"""One whole stack for the tests of this folder, and people who sign in to it."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
import requests

from tests.builders import PASSWORD
from tests.stack import Stack, running


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    with running() as stack:
        for slug, owner in (("acme", "olive"), ("globex", "mallory")):
            found(stack, slug, f"{owner}@{slug}.example")
        yield stack


def found(stack: Stack, slug: str, email: str) -> None:
    stack.run_command("create_organization", slug, "--slug", slug, "--owner-email", email, OWNER_PASSWORD=PASSWORD)


SignIn = Callable[[str], requests.Session]


@pytest.fixture(scope="package")
def signed_in(stack: Stack) -> SignIn:
    """signed_in("olive@acme.example") -> a session with that person's cookies."""
    return lambda email: enter(stack, email)


addresses = (f"2001:db8:{number:x}::1" for number in count(1))


def enter(stack: Stack, email: str) -> requests.Session:
    """Each from an address of its own: from one, only so many may sign in within a minute."""
    session = requests.Session()
    address = stack.url + "/accounts/login/"
    session.get(address, timeout=10).raise_for_status()
    form = {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    came_from = {"X-Forwarded-For": next(addresses)}
    answer = session.post(address, data=form, headers=came_from, timeout=10, allow_redirects=False)
    assert answer.status_code == 302, answer.text[:500]
    return session
