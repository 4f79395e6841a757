"""What a task can be about. The floors above register their kinds here, so that this floor need not know them.

A finder answers for those of the ids that the reader may see, and leaves the others out: whoever may not see a thing
learns nothing of it from a task.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from organizations.actors import Actor
from socialops.lib.errors import Invalid

Reference = tuple[str, int]


@dataclass(frozen=True, slots=True)
class About:
    """A thing as the reader of a task sees it."""

    kind: str
    pk: int
    label: str
    url: str  # a path of ours
    icon: str


Finder = Callable[[Actor, Collection[int]], Mapping[int, About]]
FINDERS: dict[str, Finder] = {}


def register(kind: str, finder: Finder) -> None:
    FINDERS[kind] = finder


def abouts(actor: Actor, references: Iterable[Reference]) -> dict[Reference, About]:
    """What `actor` may see of `references`, with one call for each kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for kind, pk in references:
        wanted[kind].add(pk)
    found = {kind: FINDERS[kind](actor, pks) for kind, pks in wanted.items() if kind in FINDERS}
    return {(kind, pk): about for kind, of_kind in found.items() for pk, about in of_kind.items()}


def parsed(text: str) -> Reference | None:
    """`post:12` as (post, 12); None for nothing. Raises Invalid (about) for what cannot be one."""
    if not text:
        return None
    kind, _colon, number = text.partition(":")
    if kind not in FINDERS or not number.isascii() or not number.isdecimal() or len(number) > 18:
        raise Invalid({"about": [_("Name what it is about as in post:12.")]})
    return kind, int(number)
