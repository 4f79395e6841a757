"""500 deliveries and 200 replies over 10 profiles, with everything going wrong at once (tests/chaos).

The yardstick is the network's own ledger: nothing twice, nothing lost, nothing sent that is said to have failed, nothing
stuck. A fresh seed each time; CHAOS_SEED repeats one.
"""

from tests.chaos.printed import printed
from tests.chaos.trial import Plan, chosen_seed, hold

PLAN = {"posts": 50, "replies": 200, "seconds": 90, "waits_percent": 2, "settled_within": 240}


def run() -> None:
    """Prints the seed, how the rows ended, what was done to them, and what is wrong."""
    plan = Plan(chosen_seed(), **PLAN)
    report = hold(plan)
    printed(plan, report)
    assert not report.verdict.faults, "the ledgers differ"
