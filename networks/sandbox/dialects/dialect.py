"""How one practice network differs from the others: what a manifest's `dialect` names."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.utils.module_loading import import_string

from networks.contract import Metrics
from networks.registry import manifest_of
from networks.sandbox.models import Account, Entry


class Dialect(ABC):
    """Everything that an adapter may hear of its network, told from the practice networks' own rows."""

    network: str
    has_walls = False
    """Whether people write on a profile's own page; elsewhere they name the profile, or it would not hear of it."""
    view: Callable[..., HttpResponse]
    """A view (request, path) that answers every call; `path` is what follows the network's name. Exempt from CSRF."""

    def credentials(self, account: Account, token: str) -> dict[str, Any]:
        """As a real connection would have left them."""
        return {"access_token": token}

    def remote_id(self, number: int, under: Entry | None, wall: Account | None) -> str:
        """The id of what is number `number`: an answer to `under`, on the page of `wall`."""
        return str(number)

    def addressed(self, entry: Entry) -> list[Account]:
        """Which accounts hear of an entry without its standing on their wall."""
        return []

    def edit(self, entry: Entry, text: str) -> None:
        """Sets what changes when its author says something else; the caller saves it."""
        entry.text = text

    def push_events(self, entry: Entry, verb: str) -> Iterator[dict[str, Any]]:
        """What is pushed of an entry, one for each of our accounts that hears of it.

        `verb` is add, edited, remove, hide or unhide.
        """
        return iter(())

    def signature(self, body: bytes, secret: str) -> Mapping[str, str]:
        """The headers that show who pushes `body`."""
        return {}

    @abstractmethod
    def metrics(self, entry: Entry, *, at: datetime) -> Metrics:
        """The numbers of an entry as of `at`, as the adapter reads them from this network's answer."""


def dialect_of(network: str) -> Dialect | None:
    """None where the network cannot be practised. Raises UnknownNetwork."""
    name = manifest_of(network).dialect
    return load_dialect(name) if name else None


def require_dialect(network: str) -> Dialect:
    """The dialect of a network that accounts are on already."""
    found = dialect_of(network)
    if found is None:
        raise LookupError(f"{network} has no practice network")
    return found


@lru_cache(maxsize=64)
def load_dialect(name: str) -> Dialect:
    found: Dialect = import_string(name)()
    return found
