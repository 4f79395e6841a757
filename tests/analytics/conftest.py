"""Posts that were sent, and a network that answers with the numbers a test gives it."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.core.cache import cache
from django.utils.timezone import now

from analytics.tasks import count
from foundation.states import move
from networks.actions.outgoing import enqueue_outgoing
from networks.contract import Draft, DraftKind, Measures, Metrics
from networks.models import Outgoing, Profile, RemotePost
from networks.outbox.settling import link_remote_post, notify_settled
from organizations.tenancy import scope


def send(
    profile: Profile,
    *,
    at: datetime | None = None,
    kind: str = "post",
    remote_id: str = "",
    after: RemotePost | None = None,
) -> RemotePost:
    """What the outbox does when a network confirms, without the network; `after` is what a part stands beneath."""
    at = at or now()
    number = Outgoing.unscoped.count()
    with scope(profile.organization_id):
        row = enqueue_outgoing(
            profile, Draft(DraftKind(kind), f"text {number}"), key=f"test:{number}", due_at=at, **follows(after)
        )
        move(row, "begin")
        move(row, "confirm", sent_at=at)
        link_remote_post(row, remote_id or f"r{number}", "https://network.example/1")
        notify_settled(row)
        return RemotePost.objects.get(outgoing=row)


def follows(after: RemotePost | None) -> dict[str, Outgoing]:
    return {"after": after.outgoing} if after and after.outgoing else {}


class Network(Measures):
    """Answers with `posts` and `profile`; raises `fails` instead where there is one."""

    def __init__(self) -> None:
        self.posts: dict[str, dict[str, int | None]] = {}
        self.profile: dict[str, int | None] = {"followers": 100}
        self.missing: dict[str, str] = {}
        self.fails: Exception | None = None
        self.as_of: datetime | None = None
        self.asked: list[list[str]] = []

    def measure_posts(self, remote_ids):
        self.asked.append(list(remote_ids))
        if self.fails:
            raise self.fails
        at = self.as_of or now()
        return [Metrics(key, at, self.posts[key], self.missing) for key in self.asked[-1] if key in self.posts]

    def measure_profile(self):
        if self.fails:
            raise self.fails
        return Metrics("me", self.as_of or now(), self.profile)


@pytest.fixture(autouse=True)
def counts_asked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """In place of a worker: every count that is asked for is done at once, without the moment it would be waited."""
    asked = []

    def do(args: tuple, **given: object) -> None:
        asked.append(args)
        count(*args)

    monkeypatch.setattr(count, "apply_async", do)
    if "bursts" not in request.fixturenames:
        monkeypatch.setattr("analytics.tasks.cache.add", lambda *given, **named: True)
    return asked


@pytest.fixture
def bursts() -> None:
    """What happens within a moment is counted once, as in earnest."""
    cache.clear()  # of what other tests asked for


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    found = Network()
    monkeypatch.setattr("analytics.measuring.open_adapter", lambda profile: found)
    return found


@pytest.fixture
def at_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[datetime], None]]:
    """at_clock(moment): what measuring takes for now."""
    return lambda moment: monkeypatch.setattr("analytics.measuring.clock", lambda: moment)
