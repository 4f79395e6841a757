"""An organization set up by the command line on a bare stack, whose networks are HTTP servers of the tests."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.builders import PASSWORD
from tests.networks.fake import serving
from tests.networks.fake_graph import PAGE_ID, FakeGraph
from tests.networks.fake_x import FakeX
from tests.stack import Stack, running


class World:
    """The stack, both networks, and a program that holds the owner's token."""

    def __init__(self, stack: Stack, x: FakeX, graph: FakeGraph) -> None:
        self.stack, self.x, self.graph = stack, x, graph
        command = stack.run_command
        command(
            "create_organization", "Acme", "--slug", "acme", "--owner-email", "o@acme.example", OWNER_PASSWORD=PASSWORD
        )
        token = command("create_api_token", "--organization", "acme", "--email", "o@acme.example", "--name", "test")
        self.token = json.loads(token.stdout)["token"]
        self.x_id = self.connect("x", {"access_token": x.token})
        self.page_id = self.connect("facebook", {"page_id": PAGE_ID, "access_token": graph.token})

    def connect(self, network: str, credentials: dict[str, str]) -> int:
        arguments = ("--organization", "acme", "--network", network, "--credentials", "-")
        done = self.stack.run_command("connect_profile", *arguments, input=json.dumps(credentials))
        return int(json.loads(done.stdout)["id"])

    def call(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = requests.request(
            method,
            f"{self.stack.url}/api/v1/{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
        )
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def schedule(self, text: str, *, seconds: float = 5, profiles: list[int] | None = None) -> tuple[dict, datetime]:
        at = datetime.now(UTC) + timedelta(seconds=seconds)
        chosen = profiles or [self.x_id, self.page_id]
        body = {"text": text, "profiles": chosen, "scheduled_at": at.isoformat()}
        return self.call("POST", "posts/", body, status=201), at

    def deliveries(self, post: dict) -> list[dict]:
        return self.call("GET", f"posts/{post['id']}/")["deliveries"]

    def settled(self, post: dict, *states: str) -> bool:
        return {delivery["state"] for delivery in self.deliveries(post)} <= set(states or ("sent",))

    def creates(self, text: str) -> list[float]:
        """When each network was asked to publish `text`."""
        arrived = [call.at for call in self.x.calls if call.method == "POST" and call.json.get("text") == text]
        return arrived + [
            call.at for call in self.graph.calls if call.method == "POST" and call.form.get("message") == text
        ]


def eventually(say: Callable[[], Any], within: float = 20) -> Any:
    until = time.monotonic() + within
    while not (found := say()):
        assert time.monotonic() < until, f"not so within {within} s"
        time.sleep(0.1)
    return found


@pytest.fixture(scope="package")
def world() -> Iterator[World]:
    x, graph = FakeX(), FakeGraph()
    with (
        serving(x) as x_url,
        serving(graph) as graph_url,
        running(
            X_API_URL=x_url, GRAPH_API_URL=graph_url, INBOUND_POLL_SECONDS="1", OUTBOX_WAITS_PERCENT="25"
        ) as stack,  # these networks show at once what they have
    ):
        yield World(stack, x, graph)
