"""Things of the floors above as people know them: a post by its words, not by its number.

The floors above register their kinds here. A finder answers for those of the ids that the reader may see, and leaves
the others out: whoever may not see a thing learns nothing of it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from foundation.texts.ids import parse_id
from organizations.actors import Actor

Reference = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing as the reader sees it."""

    kind: str
    pk: int
    label: str
    url: str  # a path of ours
    icon: str


Finder = Callable[[Actor, Collection[int]], Mapping[int, Subject]]
FINDERS: dict[str, Finder] = {}


def register_subject_finder(kind: str, finder: Finder) -> None:
    FINDERS[kind] = finder


def find_subjects(actor: Actor, references: Iterable[Reference]) -> dict[Reference, Subject]:
    """What `actor` may see of `references`, with one call for each kind."""
    ids_by_kind: dict[str, set[int]] = defaultdict(set)
    for kind, pk in references:
        ids_by_kind[kind].add(pk)
    found = {kind: FINDERS[kind](actor, pks) for kind, pks in ids_by_kind.items() if kind in FINDERS}
    return {(kind, pk): about for kind, of_kind in found.items() for pk, about in of_kind.items()}


def subject_reference(kind: str, number: str) -> Reference | None:
    """What the audit log names by a kind and a text; None for a kind that has no finder."""
    pk = parse_id(number)
    return (kind, pk) if kind in FINDERS and pk is not None else None
