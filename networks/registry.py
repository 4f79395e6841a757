"""Which networks there are: every folder that holds a manifest, in the order in which people see them."""

from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.conf import settings
from django.utils.module_loading import import_string

from foundation.errors import AppError
from networks import adapters
from networks.contract import Adapter
from networks.manifest import Manifest, WrongManifest


class UnknownNetwork(AppError):
    """A name that no adapter has. `known` are the names that exist."""

    status = 404

    def __init__(self, network: str) -> None:
        self.network = network
        self.known = tuple(one.network for one in manifests())
        super().__init__(f"There is no network called “{network}”. There are: {', '.join(self.known)}.")


@lru_cache(maxsize=8)
def discover_manifests(packages: tuple[str, ...]) -> tuple[Manifest, ...]:
    """The manifests of our own folders and of `packages` (dotted names). Needs no settings. Raises WrongManifest."""
    found: dict[str, Manifest] = {}
    for package in (*list_own_packages(), *packages):
        one = load_manifest(package)
        if one.network in found:
            raise WrongManifest(f"{package} calls itself {one.network!r}, which another network does")
        found[one.network] = one
    return tuple(sorted(found.values(), key=lambda one: (one.place, one.network)))


def list_own_packages() -> list[str]:
    names = [f"{adapters.__name__}.{one.name}" for one in iter_modules(adapters.__path__) if one.ispkg]
    return [name for name in names if find_spec(f"{name}.manifest")]


def load_manifest(package: str) -> Manifest:
    try:
        found = getattr(import_module(f"{package}.manifest"), "MANIFEST", None)
    except ModuleNotFoundError as error:
        raise WrongManifest(f"{package}.manifest cannot be imported: {error}") from error
    if not isinstance(found, Manifest):
        raise WrongManifest(f"{package}.manifest has no MANIFEST")
    return found


def manifests() -> tuple[Manifest, ...]:
    """What every network's folder says of it, in order."""
    return discover_manifests(tuple(settings.NETWORK_PACKAGES))


def adapter_classes() -> tuple[type[Adapter], ...]:
    """Every adapter, in order; each class carries its `network`, `label` and `capabilities`."""
    return tuple(load_adapter(one.adapter) for one in manifests())


def manifest_of(network: str) -> Manifest:
    """Raises `UnknownNetwork`."""
    for one in manifests():
        if one.network == network:
            return one
    raise UnknownNetwork(network)


def adapter_class(network: str) -> type[Adapter]:
    """The adapter of `network`. Raises `UnknownNetwork`."""
    return load_adapter(manifest_of(network).adapter)


@lru_cache(maxsize=64)
def load_adapter(name: str) -> type[Adapter]:
    found: type[Adapter] = import_string(name)
    return found
