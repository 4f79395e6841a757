"""Toynet as it is after a start with NETWORK_PACKAGES=tests.toynet, in a process that began without it."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import reload
from typing import Any

from django.urls import clear_url_caches

from foundation.env import Env
from networks.registry import discover_manifests
from networks.sandbox import urls as sandbox_urls
from socialops import urls

PACKAGES = ["tests.toynet"]


@contextmanager
def toynet_there(settings: Any) -> Iterator[None]:
    """Makes the settings that socialops/settings.py makes, and the addresses anew; puts both back."""
    before = settings.NETWORK_PACKAGES
    found, env = discover_manifests(tuple(PACKAGES)), Env({})
    settings.NETWORK_PACKAGES = PACKAGES
    settings.NETWORK_APPS = {one.network: one.read_app(env) for one in found}
    settings.NETWORK_URLS = {one.network: one.read_address(env) for one in found}
    read_addresses()
    yield
    settings.NETWORK_PACKAGES = before
    read_addresses()


def read_addresses() -> None:
    reload(sandbox_urls)
    reload(urls)
    clear_url_caches()
