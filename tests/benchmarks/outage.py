"""Redis is away for a whole minute while posts are due: each leaves later, none is lost, none leaves twice."""

import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from tests.benchmarks import publish
from tests.benchmarks.table import show
from tests.ops.service import Service

PROFILES = 10
EVERY = 0.25  # seconds
BEFORE, AWAY, AFTER = 15, 60, 30  # seconds
POSTS = int((BEFORE + AWAY + AFTER) / EVERY)


def run() -> None:
    """Prints how late what was due before, during and after the outage reached the network."""
    with tempfile.TemporaryDirectory(prefix="outage") as folder:
        redis = Service("redis", Path(folder))
        Path(folder).chmod(0o755)
        with publish.network(Path(folder) / "ledger") as (url, ledger):
            os.environ["X_API_URL"] = url
            with publish.processes(url, REDIS_URL=redis.on()):
                begin = put()
                sleep_until(begin + timedelta(seconds=BEFORE))
                redis.off()
                sleep_until(begin + timedelta(seconds=BEFORE + AWAY))
                redis.on()
                back = time.time()
                arrived = publish.wait_for(POSTS, ledger, "steady")
            redis.off()
    tell(arrived, begin, back)


def put() -> datetime:
    from django.utils.timezone import now

    begin = now() + timedelta(seconds=5)
    profiles = publish.make_profiles("bench-outage", PROFILES)
    publish.put(profiles, "steady", lambda number: begin + timedelta(seconds=EVERY * number), POSTS)
    return begin


def sleep_until(moment: datetime) -> None:
    time.sleep(max(0.0, moment.timestamp() - time.time()))


def tell(arrived: Iterable[dict], begin: datetime, back: float) -> None:
    times = {int(line["text"].split()[1]): line["at"] for line in arrived}
    twice = [text for text, count in Counter(line["text"] for line in arrived).items() if count > 1]
    assert len(times) == POSTS, f"{POSTS - len(times)} lost"
    assert not twice, f"twice: {twice}"
    off, on = begin.timestamp() + BEFORE, begin.timestamp() + BEFORE + AWAY
    rows = []
    for name, least, most in (("before", 0.0, off), ("while it was away", off, on), ("after", on, float("inf"))):
        due = {number: begin.timestamp() + EVERY * number for number in range(POSTS)}
        late = sorted(times[number] - at for number, at in due.items() if least <= at < most)
        rows.append((f"due {name}", len(late), f"{late[len(late) // 2]:.2f} s", f"{late[-1]:.1f} s"))
    waited = max(at for number, at in times.items() if begin.timestamp() + EVERY * number < on)
    show(f"Redis away for {AWAY} s while a post is due every {EVERY} s", ("", "posts", "late (median)", "latest"), rows)
    print(f"  0 lost, 0 twice; the last of those that had waited left {waited - back:.1f} s after Redis was back")
