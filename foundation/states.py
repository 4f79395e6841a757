"""The only writer of state columns: a move is a compare-and-swap along a declared machine."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from foundation.errors import Conflict


class IllegalMove(Conflict):
    """The machine has no such arrow from where the row stands."""


class Stale(Conflict):
    """Somebody else moved the row first; what was read is no longer so."""


class Machine:
    """Arrows by event: `{"send": {"waiting": "sending"}}`. Pure."""

    def __init__(self, arrows: Mapping[str, Mapping[str, str]]) -> None:
        self.arrows = arrows

    def target(self, state: str, event: str) -> str:
        """Where `event` leads from `state`. Raises IllegalMove."""
        try:
            return self.arrows[event][state]
        except KeyError:
            raise IllegalMove(f"This is {state.replace('_', ' ')}, so it cannot {event.replace('_', ' ')}.") from None

    def sources(self, event: str) -> list[str]:
        return list(self.arrows[event])

    def allows(self, state: str, event: str) -> bool:
        return state in self.arrows[event]


def move(row: models.Model, event: str, *, match: Mapping[str, Any] | None = None, **stamps: Any) -> None:
    """Moves `row` along its MACHINE and writes `stamps` in the same UPDATE.

    `match` adds conditions to the swap (a fencing token, say). Raises IllegalMove where there is no arrow,
    Stale where the row is no longer in the state (or no longer matches) that was read.
    """
    target = row.MACHINE.target(row.state, event)  # type: ignore[attr-defined]  # declared by each model with a state
    table = type(row)._base_manager.filter(pk=row.pk, state=row.state, **(match or {}))  # type: ignore[attr-defined]  # as above
    if table.update(state=target, **stamps) != 1:
        raise Stale("Somebody else changed this a moment ago. Look again before you go on.")
    row.state = target  # type: ignore[attr-defined]  # as above
    for name, value in stamps.items():
        setattr(row, name, value)


def move_all(rows: models.QuerySet[Any], event: str, **stamps: Any) -> int:
    """Moves each of `rows` that stands where `event` begins, and leaves the others. Returns how many moved."""
    arrows = rows.model.MACHINE.arrows[event]
    return sum(rows.filter(state=state).update(state=target, **stamps) for state, target in arrows.items())
