"""One trial from beginning to end: networks, services and processes of its own, a storm, and the verdict."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.monkey import Monkey
from tests.chaos.storm import Storm
from tests.chaos.verdict import OPEN, Verdict, judge
from tests.chaos.weather import Weather
from tests.networks.fake import serving
from tests.ops.service import Service
from tests.stack import Stack, running

SHARES = {"x": 3, "facebook": 2}  # profiles of each of the two organizations
ORGANIZATIONS = ("storm-acme", "storm-globex")


@dataclass(frozen=True)
class Plan:
    """`posts` of each organization go to its five profiles each; `seconds` is how long they come and things break."""

    seed: int
    posts: int
    replies: int
    seconds: float
    patience: int = 2
    waits_percent: int = 1
    settled_within: float = 120.0

    @property
    def deliveries(self) -> int:
        return self.posts * len(ORGANIZATIONS) * sum(SHARES.values())


@dataclass
class Report:
    verdict: Verdict
    blows: Counter[str]
    struck: Counter[str]
    took: dict[str, float] = field(default_factory=dict)


def hold(plan: Plan) -> Report:
    """Lets everything loose at once and tells how it ended."""
    weather = Weather(plan.seed, plan.patience, plan.waits_percent)
    members = {slug: own_ids(number) for number, slug in enumerate(ORGANIZATIONS)}
    storms = {
        network: Storm(network, [one for some in members.values() for one in some[network]], weather)
        for network in SHARES
    }
    took = {}
    with contextlib.ExitStack() as held:
        began = time.monotonic()
        stack, services = held.enter_context(standing(plan, storms))
        people = held.enter_context(arrived(stack, plan, members, storms))
        took["to stand"] = time.monotonic() - began
        tell(people, "begun")
        for storm in storms.values():
            storm.calm = False
        monkey = Monkey(plan.seed, stack, storms, services)
        began = time.monotonic()
        monkey.rage(plan.seconds)
        took["the storm"] = time.monotonic() - began
        began = time.monotonic()
        wait_until_settled(stack, plan, monkey)
        took["to settle"] = time.monotonic() - began
        verdict = judge(stack, storms, expected=plan.deliveries + plan.replies)
    struck = sum((storm.struck for storm in storms.values()), Counter())
    return Report(verdict, monkey.done, struck, took)


def own_ids(organization: int) -> dict[str, list[str]]:
    kinds = enumerate(SHARES.items(), start=1)
    return {
        network: [f"{organization + 1}{kind}{number}" for number in range(count)] for kind, (network, count) in kinds
    }


@contextlib.contextmanager
def standing(plan: Plan, storms: dict[str, Storm]) -> Iterator[tuple[Stack, dict[str, Service]]]:
    folder = Path(tempfile.mkdtemp(prefix="storm"))  # short: a socket's path may not be long
    folder.chmod(0o755)
    services = {kind: Service(kind, folder) for kind in ("postgres", "redis")}
    with contextlib.ExitStack() as held:
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        for storm in storms.values():
            storm.calm = True
        urls = {network: held.enter_context(serving(storm)) for network, storm in storms.items()}
        for service in services.values():
            held.callback(service.off)
        stack = held.enter_context(
            running(
                only=("worker", "beat"),
                DATABASE_URL=services["postgres"].on(),
                REDIS_URL=services["redis"].on(),
                X_API_URL=urls["x"],
                GRAPH_API_URL=urls["facebook"],
                SEND_TIMEOUT_SECONDS=str(plan.patience),
                OUTBOX_WAITS_PERCENT=str(plan.waits_percent),
                WORKER_CONCURRENCY="8",
            )
        )
        yield stack, services


@contextlib.contextmanager
def arrived(
    stack: Stack, plan: Plan, members: dict[str, dict[str, list[str]]], storms: dict[str, Storm]
) -> Iterator["subprocess.Popen[str]"]:
    with stack.log_path("people").open("w") as log:
        people = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.people"],
            env=stack.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        tell(people, "ready", json.dumps(script(plan, members, storms)))
        yield people
    finally:
        people.kill()
        people.communicate()


def script(plan: Plan, members: dict[str, dict[str, list[str]]], storms: dict[str, Storm]) -> dict[str, object]:
    everyone = [
        (slug, network, one) for slug, kinds in members.items() for network, ids in kinds.items() for one in ids
    ]
    questions = []
    for number in range(plan.replies):
        slug, network, own_id = everyone[number % len(everyone)]
        remote_id, root = storms[network].profiles[own_id].ask(number)
        questions.append({"organization": slug, "profile": own_id, "id": remote_id, "root": root})
    profiles = {slug: [(network, one) for of, network, one in everyone if of == slug] for slug in members}
    return {
        "profiles": profiles,
        "questions": questions,
        "posts": plan.posts,
        "replies": plan.replies,
        "seconds": plan.seconds,
    }


def tell(people: "subprocess.Popen[str]", answer: str, line: str = "") -> None:
    assert people.stdin is not None
    assert people.stdout is not None
    people.stdin.write(line + "\n")
    people.stdin.flush()
    said = people.stdout.readline().strip()
    assert said == answer, f"the people said {said!r} and not {answer!r}"


def wait_until_settled(stack: Stack, plan: Plan, monkey: Monkey) -> None:
    """Returns when nothing is under way any more, or when it has taken too long: the verdict then names what is stuck."""
    total = plan.deliveries + plan.replies
    until = time.monotonic() + plan.settled_within
    while time.monotonic() < until:
        monkey.revive()
        ((open_rows,),) = stack.sql(OPEN)
        ((rows,),) = stack.sql("SELECT count(*) FROM networks_outgoing")
        if rows == total and not open_rows:
            return
        time.sleep(0.2)


def chosen_seed() -> int:
    """CHAOS_SEED repeats a trial."""
    return int(os.environ.get("CHAOS_SEED") or time.time_ns() % 1_000_000)
