"""The persons of the trial, as a process of its own: `python -m tests.chaos.people`, with the stack's environment.

Reads one line of JSON (see `Cast`), makes organizations, profiles, posts and conversations, says "ready", waits for a
line, then answers conversations over some seconds and connects profiles again that were disconnected, until it is ended.
Everything goes through the product's own actions.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "socialops.settings")
django.setup()

from django.db import DatabaseError, InterfaceError, close_old_connections  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from foundation.errors import AppError, Conflict  # noqa: E402
from inbox.actions.ingest import ingest_inbound  # noqa: E402
from inbox.actions.reply import reply_to_conversation  # noqa: E402
from inbox.models import Conversation  # noqa: E402
from networks.actions.profiles import connect_profile  # noqa: E402
from networks.contract import Author, Inbound, InboundKind  # noqa: E402
from networks.models import Profile  # noqa: E402
from organizations.models import Member  # noqa: E402
from organizations.tenancy import scope  # noqa: E402
from publishing.actions.schedule import schedule_post  # noqa: E402
from tests import builders  # noqa: E402
from tests.posts import create_post  # noqa: E402

LEAD = 1.0  # seconds between being told to begin and the first post


class People:
    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.sign_ins: dict[str, int] = {}
        self.owners: dict[str, Member] = {}
        self.profiles: dict[str, Profile] = {}

    def settle_in(self) -> None:
        for slug, members in self.plan["profiles"].items():
            organization = builders.organization(slug, owner=slug)
            with scope(organization):
                self.owners[slug] = Member.objects.select_related("user", "organization").get()
                for network, own_id in members:
                    self.profiles[own_id] = connect_profile(builders.SETUP, network, self.sign_in(network, own_id))
                for question in self.plan["questions"]:
                    if question["profile"] in self.profiles and question["organization"] == slug:
                        ingest_inbound(self.profiles[question["profile"]], [asked(question)])

    def sign_in(self, network: str, own_id: str) -> dict[str, str]:
        """The next sign-in of this profile: the network takes those that are newer than its last revocation."""
        number = self.sign_ins[own_id] = self.sign_ins.get(own_id, -1) + 1
        token = {"access_token": f"{own_id}.{number}"}
        return {"page_id": own_id, **token} if network == "facebook" else token

    def write_posts(self) -> None:
        begin = now() + timedelta(seconds=LEAD)
        for slug, owner in self.owners.items():
            posts = self.plan["posts"]
            chosen = [
                profile.pk for profile in self.profiles.values() if profile.organization_id == owner.organization_id
            ]
            with scope(owner.organization):
                for number in range(posts):
                    post = create_post(owner, text=f"post {number} of {slug}", profiles=chosen)
                    at = begin + timedelta(seconds=self.plan["seconds"] * number / posts)
                    schedule_post(owner, post, at=max(at, now()))

    def work(self) -> None:
        """Answers at even distances, and looks after the profiles all the while."""
        began = time.monotonic()
        open_ones = self.questions()
        pause = self.plan["seconds"] / max(1, len(open_ones))
        while True:
            with trying():
                if open_ones and time.monotonic() >= began + pause * (self.plan["replies"] - len(open_ones)):
                    self.answer(open_ones[-1])
                    open_ones.pop()
                    continue
                self.mend()
            time.sleep(0.2)

    def questions(self) -> list[tuple[str, int]]:
        found = []
        for slug, owner in self.owners.items():
            with scope(owner.organization):
                found += [(slug, pk) for pk in Conversation.objects.order_by("pk").values_list("pk", flat=True)]
        return sorted(found, key=lambda one: (one[1] * 7919) % 1009)

    def answer(self, question: tuple[str, int]) -> None:
        slug, pk = question
        owner = self.owners[slug]
        with scope(owner.organization):
            conversation = Conversation.objects.select_related("profile").get(pk=pk)
            seen = conversation.messages.order_by("pk").first().pk
            # A Conflict means that an earlier attempt was stored although its answer got lost.
            with contextlib.suppress(Conflict):
                reply_to_conversation(owner, conversation, text=f"reply {pk} of {slug}", seen=seen)

    def mend(self) -> None:
        for owner in self.owners.values():
            with scope(owner.organization):
                for profile in Profile.objects.filter(state="disconnected"):
                    credentials = self.sign_in(profile.network, profile.remote_id)
                    connect_profile(builders.SETUP, profile.network, credentials)


@contextlib.contextmanager
def trying() -> Iterator[None]:
    """A person who gets an error waits a moment and does it again."""
    try:
        yield
    except (DatabaseError, InterfaceError, AppError) as error:
        print(f"people: {type(error).__name__}: {error}", file=sys.stderr)
        close_old_connections()


def asked(question: dict[str, Any]) -> Inbound:
    return Inbound(
        remote_id=question["id"],
        kind=InboundKind.COMMENT if question["root"] else InboundKind.MENTION,
        text=f"Question {question['id']}",
        sent_at=datetime.now(UTC) - timedelta(hours=1),
        author=Author(f"9{question['id']}".replace("_", ""), "Nora", "nora"),
        parent_id=None,
        root_post_id=question["root"] or None,
    )


def main() -> None:
    people = People(json.loads(sys.stdin.readline()))
    people.settle_in()
    print("ready", flush=True)
    sys.stdin.readline()
    people.write_posts()
    print("begun", flush=True)
    people.work()


if __name__ == "__main__":
    main()
