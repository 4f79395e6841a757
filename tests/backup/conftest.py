"""Real processes, an X that would take everything twice, and what people do with both."""

import contextlib
import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from copy import copy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from django.utils.timezone import now

from socialops.backup import postgres_programs
from tests.builders import PASSWORD
from tests.media import picture
from tests.networks.fake import serving
from tests.networks.fake_x import FakeX
from tests.ops.eventually import eventually
from tests.stack import COMMANDS, Stack, running

EMAIL = "olive@acme.example"


class Forgetful(FakeX):
    """Nothing but us keeps a post from being there twice."""

    refuses_duplicates = False
    page_size = 100


class House:
    """An installation with one organization and one profile on X."""

    def __init__(self, stack: Stack, network: Forgetful) -> None:
        self.stack = stack
        self.network = network
        stack.run_command(
            "create_organization", "Acme", "--slug", "acme", "--owner-email", EMAIL, OWNER_PASSWORD=PASSWORD
        )
        made = stack.run_command("create_api_token", "--organization", "acme", "--email", EMAIL, "--name", "n")
        self.headers = {"Authorization": f"Bearer {json.loads(made.stdout)['token']}"}
        sign_in = json.dumps({"access_token": network.token})
        where = ("--organization", "acme", "--network", "x", "--credentials", "-")
        self.profile = json.loads(stack.run_command("connect_profile", *where, input=sign_in).stdout)["id"]

    def moved_to(self, stack: Stack) -> "House":
        """The same people and network, served elsewhere."""
        other = copy(self)
        other.stack = stack
        return other

    def post(self, text: str, *, at: datetime | None = None, **more: Any) -> int:
        """Now, or at a time."""
        when = {"scheduled_at": at.isoformat()} if at else {"publish_now": True}
        body = {"text": text, "profiles": [self.profile], **when, **more}
        answer = requests.post(f"{self.stack.url}/api/v1/posts/", json=body, headers=self.headers, timeout=20)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def send_now(self, post: int) -> None:
        """What was planned for later."""
        address = f"{self.stack.url}/api/v1/posts/{post}/"
        answer = requests.patch(address, json={"publish_now": True}, headers=self.headers, timeout=20)
        assert answer.status_code == 200, answer.text

    def upload(self) -> int:
        files = {"file": ("a.png", picture(), "image/png")}
        data = {"alt_text": "A dot"}
        answer = requests.post(
            f"{self.stack.url}/api/v1/media/", files=files, data=data, headers=self.headers, timeout=20
        )
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def plan_many(self, prefix: str, count: int, *, first: datetime, apart: timedelta) -> list[str]:
        texts = [f"{prefix} {number}" for number in range(count)]
        for number, text in enumerate(texts):
            self.post(text, at=first + apart * number)
        return texts

    def states(self) -> dict[str, str]:
        """{text: state} of everything in the outbox."""
        return dict(self.stack.sql("SELECT draft->>'text', state FROM networks_outgoing"))

    def wait_until_left(self, *texts: str, within: float = 40) -> None:
        eventually(lambda: set(texts) <= set(self.network.published_texts()), within)
        eventually(lambda: all(self.states().get(text, "sent") == "sent" for text in texts), within)

    def stop(self) -> None:
        for name in self.stack.processes:
            self.stack.stop(name)

    def start(self) -> None:
        for name in COMMANDS:
            self.stack.start(name)
        self.stack.wait_until_ready()

    def counted(self) -> Counter[str]:
        return Counter(self.network.published_texts())

    def assert_each_is_there_once(self, expected: set[str]) -> None:
        """And known to be: every row sent, linked to the one copy of its words."""
        counted = self.counted()
        assert {text for text, count in counted.items() if count > 1} == set()
        assert set(counted) == expected
        linked = self.stack.sql(
            "SELECT o.draft->>'text', c.remote_id FROM networks_outgoing o "
            "LEFT JOIN networks_remotepost c ON c.outgoing_id = o.id WHERE o.state = 'sent'"
        )
        ids = {post["id"]: post["sent"] for post in self.network.own}
        assert [(text, remote_id) for text, remote_id in linked if ids.get(remote_id) != text] == []


@contextlib.contextmanager
def standing_house(media: Path, **env: str) -> Iterator[House]:
    network = Forgetful()
    with serving(network) as url:
        settings = {
            "X_API_URL": url,
            "OUTBOX_WAITS_PERCENT": "2",
            "MEDIA_STORAGE_URL": media.absolute().as_uri(),
            "INBOUND_POLL_SECONDS": "600",
        }
        with running(**settings, **env) as stack:
            yield House(stack, network)


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with standing_house(tmp_path_factory.mktemp("media")) as made:
        yield made


def plain_dump(stack: Stack, to: Path) -> None:
    """As somebody does who knows nothing of our commands."""
    subprocess.run(
        [postgres_programs.program_path("pg_dump"), "--format=custom", f"--file={to}", stack.env["DATABASE_URL"]],
        check=True,
    )


def plain_restore(stack: Stack, dump: Path) -> None:
    options = ["--clean", "--if-exists", "--exit-on-error", f"--dbname={stack.env['DATABASE_URL']}"]
    until = time.monotonic() + 60
    while True:  # it is in the way of those who work, and they in its
        done = subprocess.run(
            [postgres_programs.program_path("pg_restore"), *options, str(dump)], capture_output=True, text=True
        )
        if not done.returncode:
            return
        assert time.monotonic() < until, done.stderr


def soon(seconds: float) -> datetime:
    return now() + timedelta(seconds=seconds)
