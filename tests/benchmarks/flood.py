"""Fairness: one organization has 5,000 posts due at once, another one post. How late does that one leave?"""

import os
import tempfile
from datetime import timedelta
from pathlib import Path

from tests.benchmarks import publish
from tests.benchmarks.table import show

FLOOD = 5000
PROFILES = 50
SINGLES = 10
BOUND = 2.0  # seconds


def run() -> None:
    """Prints how late the other organization's posts left while the flood was on."""
    with tempfile.TemporaryDirectory() as folder, publish.network(Path(folder) / "ledger") as (url, ledger):
        os.environ["X_API_URL"] = url
        with publish.processes(url):
            flooding = publish.make_profiles("bench-flood", PROFILES)
            (single,) = publish.make_profiles("bench-single", 1)
            late, flooded = lateness(flooding, single, ledger)
        end_flood()  # once nobody takes its rows any more
    show(
        f"{SINGLES} single posts of one organization while another has {FLOOD} due at once",
        ("", "median", "latest", f"bound {BOUND:.0f} s"),
        [("how late", f"{late[SINGLES // 2]:.2f} s", f"{late[-1]:.2f} s", "ok" if late[-1] <= BOUND else "TOO LATE")],
    )
    print(f"  {flooded} of the flood had left by then")


def end_flood() -> None:
    """Or it would be under way in the next benchmark too."""
    from networks.models import Outgoing

    Outgoing.unscoped.filter(state="waiting").delete()


def lateness(flooding: list, single, ledger: Path) -> tuple[list[float], int]:
    from django.utils.timezone import now

    begin = now() + timedelta(seconds=12)  # time enough to put the flood in
    times = [begin + timedelta(seconds=2 + number) for number in range(SINGLES)]
    publish.put(flooding, "flood", lambda _: begin, FLOOD)
    publish.put([single], "lonely", times.__getitem__, SINGLES)
    arrived = publish.wait_for(SINGLES, ledger, "lonely")
    flooded = ledger.read_text().count("flood ")
    assert flooded < FLOOD, "the flood was over before the single posts were"
    return sorted(line["at"] - times[int(line["text"].split()[1])].timestamp() for line in arrived), flooded
