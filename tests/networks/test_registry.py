"""The list of networks."""

import pytest

from networks.adapters.x.adapter import XAdapter
from networks.contract import Publishes
from networks.registry import UnknownNetwork, adapter_class, adapter_classes


def test_every_network_is_named_once_and_publishes() -> None:
    names = [adapter.network for adapter in adapter_classes()]
    assert len(set(names)) == len(names)
    assert all(issubclass(adapter, Publishes) for adapter in adapter_classes())


def test_adapters_are_found_by_name() -> None:
    assert adapter_class("x") is XAdapter


def test_an_unknown_name_says_which_are_known() -> None:
    with pytest.raises(UnknownNetwork, match="x, facebook"):
        adapter_class("myspace")
