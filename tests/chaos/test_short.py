"""A short trial; the long one is a benchmark (tests/benchmarks/chaos.py)."""

import pytest

from tests.chaos.printed import printed
from tests.chaos.trial import Plan, chosen_seed, hold

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


def test_everything_leaves_once_or_a_person_is_told() -> None:
    plan = Plan(chosen_seed(), posts=4, replies=16, seconds=9)
    report = hold(plan)
    printed(plan, report)
    assert report.verdict.faults == {}
    sent = sum(count for outcome, count in report.verdict.outcomes.items() if outcome.startswith("sent"))
    assert sent > 0.7 * (plan.deliveries + plan.replies)
