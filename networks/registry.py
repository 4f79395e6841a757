"""Which networks there are: the one place that names their adapters, in the order in which people see them."""

from networks.adapters.facebook.adapter import FacebookAdapter
from networks.adapters.x.adapter import XAdapter
from networks.contract import Adapter
from socialops.lib.errors import AppError

_ADAPTERS: tuple[type[Adapter], ...] = (XAdapter, FacebookAdapter)


class UnknownNetwork(AppError):
    """A name that no adapter has. `known` are the names that exist."""

    status = 404

    def __init__(self, network: str) -> None:
        self.network = network
        self.known = tuple(adapter.network for adapter in _ADAPTERS)
        super().__init__(f"There is no network called “{network}”. There are: {', '.join(self.known)}.")


def networks() -> tuple[type[Adapter], ...]:
    """Every adapter, in order; each class carries its `network`, `label` and `capabilities`."""
    return _ADAPTERS


def adapter_class(network: str) -> type[Adapter]:
    """The adapter of `network`. Raises `UnknownNetwork`."""
    for adapter in _ADAPTERS:
        if adapter.network == network:
            return adapter
    raise UnknownNetwork(network)
