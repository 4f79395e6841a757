"""What members can be told of. Each floor registers its own kinds; a kind knows its words and its default channels."""

from dataclasses import dataclass

from django.utils.functional import Promise

CHANNELS = ("bell", "email", "digest")


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    label: str | Promise  # "Work is given to me"
    icon: str
    defaults: frozenset[str] = frozenset({"bell"})


KINDS: dict[str, Kind] = {}


def register(name: str, label: str | Promise, icon: str, *defaults: str) -> None:
    """Called when an app is ready; in the order in which the settings page shows them."""
    KINDS[name] = Kind(name, label, icon, frozenset(defaults or ("bell",)))
