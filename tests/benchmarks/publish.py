"""Posts leaving: 1,000 due in one second over 50 profiles, and single posts on an idle system.

One worker process tree and beat, as in production; the network is a process of its own that answers in 50 ms.
Yardstick: the same worker pool making 1,000 bare tweepy calls.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median

from tests.benchmarks.table import show

POSTS = 1000
PROFILES = 50
SINGLES = 100
ANSWER_SECONDS = 0.05
PATIENCE = 180


def run() -> None:
    """Prints both tables."""
    with tempfile.TemporaryDirectory() as folder, network(Path(folder) / "ledger") as (url, ledger):
        os.environ["X_API_URL"] = url
        with processes(url):
            profiles = make_profiles()
            warm_up(ledger)
            bare = bare_calls(ledger)
            ours, last = burst(profiles, ledger)
            lateness = singles(profiles, ledger)
    show(
        f"{POSTS} posts due in the same second over {PROFILES} profiles, network answering in 50 ms",
        ("", "posts/s", "last after"),
        [
            ("bare tweepy, same pool", f"{bare:.0f}", f"{POSTS / bare:.1f} s"),
            ("ours", f"{ours:.0f}", f"{last:.1f} s"),
            ("ratio (at least 0.5)", f"{ours / bare:.2f}", ""),
        ],
    )
    show(
        f"{SINGLES} single posts on an idle system: how late each reaches the network",
        ("median", "99th of 100", "latest"),
        [(f"{median(lateness) * 1000:.0f} ms", f"{lateness[98] * 1000:.0f} ms", f"{lateness[-1] * 1000:.0f} ms")],
    )


@contextlib.contextmanager
def network(path: Path) -> Iterator[tuple[str, Path]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path.touch()
    command = [sys.executable, "-m", "tests.networks.slow_x", str(port), str(ANSWER_SECONDS), str(path)]
    with ending(subprocess.Popen(command)):
        yield f"http://127.0.0.1:{port}", path


@contextlib.contextmanager
def processes(url: str, **env: str) -> Iterator[None]:
    environment = {**os.environ, "X_API_URL": url, **env}
    celery = [sys.executable, "-m", "celery", "-A", "tests.benchmarks.bare"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    with (
        ending(subprocess.Popen([*celery, "worker", "--without-gossip", "--without-mingle"], **quiet)),
        ending(subprocess.Popen([*celery, "beat"], **quiet)),
    ):
        yield


@contextlib.contextmanager
def ending(process: subprocess.Popen) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def make_profiles(slug: str = "bench", count: int = PROFILES) -> list:
    from networks.models import Cursor, Profile
    from organizations.tenancy import scope
    from tests import builders

    organization = builders.organization(slug, owner=slug)
    made = [builders.profile(organization, "x", secrets={"access_token": f"token-{number}"}) for number in range(count)]
    with scope(organization):
        Cursor.objects.all().delete()  # this is about what leaves
        return list(Profile.objects.filter(pk__in=[profile.pk for profile in made]))


def wait_for(count: int, ledger: Path, prefix: str) -> list[dict]:
    """What arrived. It is looked at rarely and read once, for that takes time from what is measured."""
    until = time.monotonic() + PATIENCE
    while ledger.read_text().count(f'"text": "{prefix} ') < count and time.monotonic() < until:
        time.sleep(0.5)
    found = [json.loads(line) for line in ledger.read_text().splitlines()]
    found = [line for line in found if line["text"].startswith(f"{prefix} ")]
    assert len(found) == count, f"{len(found)} of {count} arrived"
    return found


def warm_up(ledger: Path) -> None:
    from tests.benchmarks.bare import bare_tweet

    for number in range(64):
        bare_tweet.delay("token-0", f"warm {number}")
    wait_for(64, ledger, "warm")


def bare_calls(ledger: Path) -> float:
    from tests.benchmarks.bare import bare_tweet

    began = time.time()
    for number in range(POSTS):
        bare_tweet.delay(f"token-{number % PROFILES}", f"bare {number}")
    arrived = wait_for(POSTS, ledger, "bare")
    return POSTS / (max(line["at"] for line in arrived) + ANSWER_SECONDS - began)


def burst(profiles: list, ledger: Path) -> tuple[float, float]:
    from django.utils.timezone import now

    due_at = now() + timedelta(seconds=4)
    put(profiles, "burst", lambda _: due_at, POSTS)
    arrived = wait_for(POSTS, ledger, "burst")
    assert min(line["at"] for line in arrived) >= due_at.timestamp(), "something left too early"
    last = max(line["at"] for line in arrived) + ANSWER_SECONDS - due_at.timestamp()
    return POSTS / last, last


def singles(profiles: list, ledger: Path) -> list[float]:
    from django.utils.timezone import now

    begin = now() + timedelta(seconds=4)
    times = [begin + timedelta(seconds=0.37 * number) for number in range(SINGLES)]
    put(profiles, "single", times.__getitem__, SINGLES)
    arrived = wait_for(SINGLES, ledger, "single")
    return sorted(line["at"] - times[int(line["text"].split()[1])].timestamp() for line in arrived)


def put(profiles: list, prefix: str, due_at: Callable[[int], object], count: int) -> None:
    from django.db import transaction

    from networks.actions.outgoing import enqueue_outgoing
    from networks.contract import Draft, DraftKind
    from organizations.tenancy import scope

    with scope(profiles[0].organization_id), transaction.atomic():
        for number in range(count):
            draft = Draft(kind=DraftKind.POST, text=f"{prefix} {number}")
            profile = profiles[number % len(profiles)]
            enqueue_outgoing(profile, draft, key=f"{prefix}:{number}", due_at=due_at(number))
