"""One whole stack for the tests of this folder, and people who sign in to it."""

from collections.abc import Callable, Iterator

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

    def enter(email: str) -> requests.Session:
        session = requests.Session()
        address = stack.url + "/accounts/login/"
        session.get(address, timeout=10).raise_for_status()
        form = {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
        answer = session.post(address, data=form, timeout=10, allow_redirects=False)
        assert answer.status_code == 302, answer.text[:500]
        return session

    return enter
