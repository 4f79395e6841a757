"""`make mutants` (GROUP=outbox): changes one thing at a time in what decides most, and asks the tests that reach it.

One process: the database is made once, a mutant takes the place of a function (tests/mutants/swapping.py), and the first
test that fails ends it. What no test notices must stand in survivors.txt, with the reason why it changes nothing.
What was noticed before is not asked again (tests/mutants/memory.py), nor is a test that missed it, unless `--fresh`;
`--every 10` takes a sample.
"""

import argparse
import ast
import inspect
import json
import math
import re
import signal
import sys
import time
from collections import Counter, defaultdict
from itertools import accumulate
from types import FrameType
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase
from hypothesis import settings as hypothesis

from tests.mutants.memory import Memory
from tests.mutants.operators import Mutant, mutants_of
from tests.mutants.swapping import ROOT, functions, path_of, swapped
from tests.mutants.targets import GROUPS

KEPT = ROOT / "tests" / "mutants" / "survivors.txt"  # "name of the mutant  # reason"
ENOUGH = 0.9
# The tests of one mutant, those that promise most for their time first: so many, and more within so many seconds.
AT_LEAST, LONGEST = 15, 6
SLOW = 10  # seconds: a test that is not asked
LEAVES_ROWS = "few"  # tests of overlaps, which are asked last (tests/few.py)


def kept() -> dict[str, str]:
    lines = [line for line in KEPT.read_text().splitlines() if line and not line.startswith("#")]
    return {name: reason for name, _, reason in (line.partition("  # ") for line in lines)}


def is_asked(item: Any) -> bool:
    """Not where it starts processes, or empties all tables after it."""
    marked = item.get_closest_marker("django_db")
    empties = (marked and marked.kwargs.get("transaction")) or "transactional_db" in item.fixturenames
    others = item.get_closest_marker("stack") or item.get_closest_marker("browser")
    return not others and (LEAVES_ROWS in item.fixturenames or not empties)


class Hangs(BaseException):
    pass


def give_up(_signal: int, _frame: FrameType | None) -> None:
    raise Hangs


class Mutating:
    """Takes the place of pytest's loop: once through all tests to see what reaches what, then through the mutants."""

    def __init__(self, group: str, only: str, fresh: bool, every: int) -> None:
        self.modules = [module for module in GROUPS[group].modules if re.search(only, module)]
        self.every = every
        self.memory = Memory(group, GROUPS[group].modules, fresh)
        self.kept = kept()
        self.score: dict[str, list[int]] = {}  # module: killed, survived, equivalent
        self.survivors: list[Mutant] = []
        self.asked: Counter[tuple] = Counter()  # by file, and by test with function, and with line
        self.noticing: Counter[tuple] = Counter()  # the same
        self.sound: set[str] = set()  # tests that passed once more without the mutant which they noticed
        self.no_more: set[str] = set()  # tests that fail without a mutant
        self.runs, self.began = 0, time.monotonic()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if is_asked(item)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        signal.signal(signal.SIGALRM, give_up)
        leaving = [item for item in session.items if LEAVES_ROWS in item.fixturenames]  # type: ignore[attr-defined]
        self.take([item for item in session.items if item not in leaving])
        for module in self.modules:
            self.score[module] = [0, 0, 0]
            self.go_through(module, [one for number, one in enumerate(mutants_of(module)) if number % self.every == 0])
            print(self.told(module), flush=True)
        if leaving and self.survivors:
            survivors, self.survivors = self.survivors, []
            self.take(leaving)
            for module in self.modules:
                again = [one for one in survivors if one.module == module]
                self.score[module][1] -= len(again)
                self.go_through(module, again)
                print(self.told(module), flush=True)
        return True

    def take(self, items: list[pytest.Item]) -> None:
        self.items = {item.nodeid: item for item in items}
        self.words = {item.nodeid: words_in(inspect.getsource(item.function)) for item in items}
        self.watch()
        self.memory.write()

    def watch(self) -> None:
        """Notes which test reaches which lines; tests that fail anyhow, or are slow, are left out."""
        unknown = [item for item in self.items.values() if not self.memory.knows(item)]
        self.new = {item.nodeid for item in unknown} if len(unknown) < len(self.items) else set()
        targets = {module: str(path_of(module)) for module in self.memory.targets}
        watched = coverage.Coverage(include=list(targets.values()), data_file=None, config_file=False)
        if self.fails(next(iter(self.items.values())), patience=0):  # makes the database
            sys.exit(f"Not even the first test passes without a mutant. {self.why}")
        began = time.monotonic()
        watched.start()
        for item in unknown:
            watched.switch_context(item.nodeid)
            start, busy = time.monotonic(), time.process_time()
            passed = not self.fails(item, patience=0)
            wall, took = time.monotonic() - start, time.process_time() - busy  # others may be at work on the machine
            if not passed:
                print(f"  fails anyhow: {item.nodeid} {self.why.strip().splitlines()[-1:]}", flush=True)
            known = {"hash": self.memory.hash_of(item.nodeid), "took": took, "wall": wall, "passed": passed}
            self.memory.tests[item.nodeid] = {**known, "asked": passed and wall < SLOW, "lines": {}}
        watched.stop()
        for module, path in targets.items():
            for line, names in watched.get_data().contexts_by_lineno(path).items():
                for name in names:
                    if name in self.memory.tests:
                        self.memory.tests[name]["lines"].setdefault(module, []).append(line)
        print(f"{len(unknown)} tests in {time.monotonic() - began:.0f} s", flush=True)

    def reached(self, module: str) -> dict[int, set[str]]:
        """{line: tests that reach it}"""
        found: dict[int, set[str]] = defaultdict(set)
        for name in self.items:
            known = self.memory.tests[name]
            for line in known["lines"].get(module, ()) if known["asked"] else ():
                found[line].add(name)
        return found

    def go_through(self, module: str, mutants: list[Mutant]) -> None:
        self.killers: list[str] = []
        reached = self.reached(module)
        for mutant in mutants:
            if known := self.memory.killer_of(mutant.key):
                self.asked.update(places(known, mutant))
                self.noticing.update(places(known, mutant))
        since: list[Mutant] = []
        for mutant in mutants:
            since.append(mutant)
            self.judge(mutant, reached)
            if len(since) == 50:
                self.look_after(since, reached)
        self.look_after(since, reached)

    def look_after(self, since: list[Mutant], reached: dict[int, set[str]]) -> None:
        """What noticed mutants must pass without them: a test that does not is asked no more. Where none does any more,
        something was left behind that makes every test fail."""
        broken = {name for name in self.killers if self.fails(self.items[name])}
        in_doubt = [one for one in since if self.memory.noticed.get(one.key, ("",))[0] in broken]
        for mutant in in_doubt:
            self.memory.forget(mutant.key)
            self.score[mutant.module][0] -= 1
        self.memory.write()
        since.clear()
        if len(broken) > 1 and len(broken) == len(self.killers):
            print(f"{broken} fail without a mutant, so the last verdicts are forgotten. Begin again. {self.why}")
            sys.exit(1)
        self.killers = [name for name in self.killers if name not in broken]
        self.leave_out(broken)
        for mutant in in_doubt:
            self.judge(mutant, reached)

    def leave_out(self, tests: set[str]) -> None:
        self.no_more |= tests
        for name in sorted(tests):
            print(f"  asked no more, as it fails without a mutant: {name}", flush=True)

    def judge(self, mutant: Mutant, reached: dict[int, set[str]]) -> None:
        score = self.score[mutant.module]
        if mutant.name in self.kept:
            score[2] += 1
            return
        killer = self.memory.killer_of(mutant.key) or self.notices(mutant, reached[mutant.line])
        if killer is None:
            return
        if killer:
            score[0] += 1
            self.memory.keep(mutant.key, killer)
            return
        score[1] += 1
        self.survivors.append(mutant)
        print(f"  {len(reached[mutant.line]):4} {mutant.line:4} {mutant.name}", flush=True)

    def notices(self, mutant: Mutant, names: set[str]) -> str | None:
        """The first test that does, or nothing; None where it cannot be tried: without its call of super(), say."""
        before = self.memory.asked_in_vain(mutant.key, names)
        asked = self.in_turn(names - before - self.no_more, mutant)
        times = accumulate(self.memory.tests[name]["took"] for name in asked)
        within = sum(until < LONGEST for until in times)
        asked = asked[: max(AT_LEAST, within)]
        with swapped(mutant.module, mutant.function, ast.parse(mutant.source)) as done:
            if names and not done:
                return None
            first = next((name for name in asked if self.asks(name, mutant)), "")
        if first and first not in self.sound and self.fails(self.items[first]):
            self.leave_out({first})  # it passes only once
            return self.notices(mutant, names)
        if first:
            self.sound.add(first)
            self.noticing.update(places(first, mutant))
            self.killers = [first, *(one for one in self.killers if one != first)][:8]
        else:
            self.memory.keep_missed(mutant.key, before.union(asked))
        return first

    def asks(self, name: str, mutant: Mutant) -> bool:
        self.asked.update(places(name, mutant))
        return self.fails(self.items[name], self.patience(name))

    def in_turn(self, names: set[str], mutant: Mutant) -> list[str]:
        """The new ones first, then the cheapest, and sooner those that speak of what was changed. Those that go the same
        way through the module count as dearer one after the other: where the first missed it, the others seldom notice."""
        near = nearness({name: self.features(name, mutant) for name in names})
        costs = {name: self.cost(name, mutant) / (1 + near[name]) ** 2 for name in names}
        alike: Counter[tuple[int, ...]] = Counter()
        for name in sorted(names, key=lambda name: (costs[name], name)):
            way = tuple(sorted(self.memory.tests[name]["lines"][mutant.module]))
            alike[way] += 1
            costs[name] *= alike[way] ** 0.5
        return sorted(names, key=lambda name: (name not in self.new, costs[name], name))

    def features(self, name: str, mutant: Mutant) -> set[str | int]:
        """What of the change a test speaks of, and which lines of its function it reaches."""
        changed = words_in(f"{mutant.function} {mutant.change}")
        return (self.words[name] & changed) | (lines_of(mutant) & set(self.memory.tests[name]["lines"][mutant.module]))

    def cost(self, name: str, mutant: Mutant) -> float:
        """Seconds until it notices one: what it takes by how often those of its file noticed something in this module,
        then itself, then in this function, then on this line, where the nearer weighs more the more was asked there.
        Where nothing is known yet, whatever reaches few modules is about them."""
        share = 0.4 / len(self.memory.tests[name]["lines"])
        for place, weight in zip(places(name, mutant), (10, 6, 4, 1), strict=True):
            share = (self.noticing[place] + weight * share) / (self.asked[place] + weight)
        return self.memory.tests[name]["took"] / share

    def patience(self, name: str) -> float:
        return 5 + 10 * self.memory.tests[name]["wall"]

    def fails(self, item: pytest.Item, patience: float = 60) -> bool:
        signal.setitimer(signal.ITIMER_REAL, patience)
        self.runs += 1
        try:
            # as if nothing came after it but the session's end, which never comes: only the database stays
            reports = [one for one in runtestprotocol(item, nextitem=item.session, log=False) if one.failed]
            self.why = str(reports[0].longrepr)[-2000:] if reports else ""
            return bool(reports)
        except Hangs:
            return True
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def told(self, module: str) -> str:
        killed, survived, same = self.score[module]
        share = killed / (killed + survived) if killed + survived else 1
        since, self.began, runs, self.runs = time.monotonic() - self.began, time.monotonic(), self.runs, 0
        took = f"{runs} tests in {since:.0f} s"
        return f"{share:6.1%} {module}: {killed} of {killed + survived} noticed, {same} change nothing ({took})"


def places(test: str, mutant: Mutant) -> tuple[tuple, ...]:
    """Where a test is asked, the widest first."""
    module = (test, mutant.module)
    function = (*module, mutant.function)
    return (test.partition("::")[0], mutant.module), module, function, (*function, mutant.line)


def nearness(tests: dict[str, set[str | int]]) -> dict[str, float]:
    """How near each test is to what was changed: what few of them have in common with it counts."""
    have = Counter(one for features in tests.values() for one in features)
    rarity = {one: math.log(len(tests) / count) for one, count in have.items()}
    return {name: sum(rarity[one] for one in features) for name, features in tests.items()}


def lines_of(mutant: Mutant) -> set[int]:
    """Those of its function as it is."""
    found = functions(mutant.module).get(mutant.function, [])
    return {line for one in found for _start, _end, line in one.__code__.co_lines() if line}


def words_in(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]{3,}", text))


def mutate(name: str, only: str, fresh: bool, every: int) -> dict[str, Any]:
    run = Mutating(name, only, fresh, every)
    hypothesis.register_profile("mutants", phases=[Phase.explicit, Phase.generate], deadline=None, database=None)
    hypothesis.load_profile("mutants")
    where = [str(ROOT / "tests" / one) for one in GROUPS[name].tests]
    # a failure is no more than that here: to show one with all its frames takes longer than the test
    quick = ["--tb=native", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:timeout", "-W", "ignore"]
    if pytest.main(["-q", "-s", *quick, *where], plugins=[run]):
        sys.exit(1)
    return {"score": run.score, "survivors": [one.name for one in run.survivors]}


def main() -> int:
    """One group in this process, as a database is one process's; all of them one after the other."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutants")
    asked.add_argument("group", choices=GROUPS)
    asked.add_argument("only", nargs="?", default="", help="modules whose name matches this")
    asked.add_argument("--fresh", action="store_true", help="ask all anew")
    asked.add_argument("--every", type=int, default=1, help="take every Nth mutant")
    given = asked.parse_args()
    found = mutate(given.group, given.only, given.fresh, given.every)
    (ROOT / ".run" / f"mutants-{given.group}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False))
    low = [module for module, (killed, lived, _) in found["score"].items() if killed < ENOUGH * (killed + lived)]
    print(f"Too few are noticed in {', '.join(low)}." if low else "Enough are noticed in every module.")
    return bool(low)


if __name__ == "__main__":
    sys.exit(main())
