"""How a trial is told: its seed first, to repeat it."""

from tests.benchmarks.table import show
from tests.chaos.trial import Plan, Report


def printed(plan: Plan, report: Report) -> None:
    print(f"\nCHAOS_SEED={plan.seed}")
    took = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in report.took.items())
    rows = sorted(report.verdict.outcomes.items(), key=lambda pair: (-pair[1], pair[0]))
    show(f"{plan.deliveries} deliveries and {plan.replies} replies ({took})", ("outcome", "rows"), rows)
    show("What was done to the processes and services", ("", "times"), report.blows.most_common())
    show("What the networks did to the calls", ("", "calls"), report.struck.most_common())
    faults = report.verdict.faults
    show("Wrong", ("", "rows"), [(name, len(found)) for name, found in faults.items()] or [("nothing", 0)])
    for name, found in faults.items():
        print(f"  {name}:", *found[:20], sep="\n    ")
