"""Every lock and every compare-and-swap of the product is tried by a test that forces two to overlap there."""

import ast
from pathlib import Path

from tests.locks import locks

TESTS = Path(__file__).resolve().parent.parent
# Updates whose count is only told: nobody else could win there.
COUNTS = {
    "analytics.actions.metric_storage.add_to_rollup": "under the profile's lock; none updated is none there yet",
    "inbox.actions.conversation_handover.hand_over_conversations": "how many had somebody who leaves; what is theirs is asked in it",
    "inbox.actions.conversation_handover.hand_over_conversations#2": "as above",
}
HOW = "Write a test with tests.races.overlapping that fails without it; `python -m tests.mutants.unlocking NAME` tries."


def named() -> set[str]:
    """What the calls of `overlapping` in the tests name, or the cases of a test that calls it."""
    found: set[str] = set()
    for path in TESTS.rglob("test_overlaps.py"):
        for function in ast.parse(path.read_text()).body:
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            if any(isinstance(call.func, ast.Name) and call.func.id == "overlapping" for call in calls):
                words = (node.value for node in ast.walk(function) if isinstance(node, ast.Constant))
                found |= {word for word in words if isinstance(word, str)}
    return found


def test_every_lock_has_two_who_overlap_there() -> None:
    there = set(locks()) - set(COUNTS)
    assert not there - named(), f"{sorted(there - named())}: {HOW}"


def test_what_only_counts_is_there() -> None:
    assert set(COUNTS) <= {name for name, kind in locks().items() if kind == "swap"}, "Delete what is gone from COUNTS."
    assert not set(COUNTS) & named(), "Tried by a test after all: delete it from COUNTS."
