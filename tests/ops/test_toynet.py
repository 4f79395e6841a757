"""A start with NETWORK_PACKAGES=tests.toynet: the processes of the Procfile send through a network from outside."""

import json
from collections.abc import Iterator

import pytest
import requests

from tests.builders import PASSWORD
from tests.ops.eventually import eventually
from tests.stack import Stack, running

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def toys() -> Iterator[Stack]:
    with running(NETWORK_PACKAGES="tests.toynet") as stack:
        email = "olive@acme.example"
        stack.run_command(
            "create_organization", "Acme", "--slug", "acme", "--owner-email", email, OWNER_PASSWORD=PASSWORD
        )
        yield stack


def test_a_post_leaves_through_it(toys: Stack) -> None:
    given = json.dumps({"sandbox": True, "handle": "acme_toys"})
    told = ("--organization", "acme", "--network", "toynet", "--credentials", "-")
    profile = json.loads(toys.run_command("connect_profile", *told, input=given).stdout)
    made = toys.run_command(
        "create_api_token", "--organization", "acme", "--email", "olive@acme.example", "--name", "t"
    )
    headers = {"Authorization": f"Bearer {json.loads(made.stdout)['token']}"}
    body = {"text": "Fresh toys", "profiles": [profile["id"]], "publish_now": True}
    answer = requests.post(f"{toys.url}/api/v1/posts/", json=body, headers=headers, timeout=30)
    assert answer.status_code == 201, answer.text

    def is_there() -> bool:
        return toys.sql("SELECT text FROM sandbox_entry WHERE network = 'toynet'") == [("Fresh toys",)]

    eventually(is_there, within=60)
    shown = f"{toys.url}/api/v1/posts/{answer.json()['id']}/"
    eventually(
        lambda: requests.get(shown, headers=headers, timeout=30).json()["deliveries"][0]["state"] == "sent", within=30
    )


@pytest.mark.parametrize("packages", ["tests.nowhere", "tests.toynet,tests.toynet", "tests"])
def test_a_package_without_a_usable_manifest_stops_the_start(packages: str, toys: Stack) -> None:
    done = toys.run_command("check", check=False, NETWORK_PACKAGES=packages)
    assert done.returncode == 1
    assert done.stderr.startswith("NETWORK_PACKAGES: expected dotted names of packages with a manifest, but ")
    assert "Traceback" not in done.stderr
