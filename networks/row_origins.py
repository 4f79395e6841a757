"""Where people find what a row of the outbox belongs to. The floors above register: this one need not know them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from networks.models import Outgoing
from organizations.models import Organization

PathFinder = Callable[[Organization, Collection[int]], Mapping[int, str]]  # {id of a row: path}
PATH_FINDERS: dict[str, PathFinder] = {}


def register_path_finder(kind: str, finder: PathFinder) -> None:
    """Called when an app is ready; `kind` is that of the draft."""
    PATH_FINDERS[kind] = finder


def find_row_paths(organization: Organization, rows: Iterable[Outgoing]) -> dict[int, str]:
    """{id of a row: the page of what it belongs to}, with one call for each kind; rows without one are left out."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        wanted[row.draft["kind"]].add(row.pk)
    found = (PATH_FINDERS[kind](organization, pks) for kind, pks in wanted.items() if kind in PATH_FINDERS)
    return {pk: path for of_kind in found for pk, path in of_kind.items()}
