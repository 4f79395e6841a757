"""What networks' folders say of them, and that nothing senseless is believed."""

import logging
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from foundation.env import Env, WrongSetting
from networks.contract import Pushes
from networks.manifest import CredentialFields, DemoProfile, Manifest, NetworkSetting, WrongManifest, id_from_permalink
from networks.registry import adapter_class, discover_manifests, manifests
from networks.sandbox.dialects.dialect import dialect_of
from tests.toynet.manifest import MANIFEST as TOYNET

OWN = discover_manifests(())


def made(**given: Any) -> Manifest:
    usual = {
        "network": "net",
        "label": "Net",
        "mark": Path("mark.svg"),
        "adapter": "net.adapter.Adapter",
        "address": NetworkSetting(variable="NET_URL", means="", default="https://net.example"),
        "credentials": (CredentialFields(needed=("token",)),),
    }
    return Manifest(**{**usual, **given})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"network": "Net"}, "network"),
        ({"network": "n" * 21}, "network"),
        ({"network": "a-b"}, "network"),
        ({"colour": "#ABCDEF"}, "colour"),
        ({"colour": "red"}, "colour"),
        ({"settings": (NetworkSetting(variable="A", means=""),)}, "settings"),
        (
            {
                "settings": (
                    NetworkSetting(variable="A", key="a", means=""),
                    NetworkSetting(variable="B", key="a", means=""),
                )
            },
            "settings",
        ),
        ({"push_secret": "app_secret"}, "push_secret"),
        ({"credentials": ()}, "credentials"),
        ({"id_field": "page_id"}, "id_field"),
        ({"demo": (DemoProfile(organization="northwind", handle="net", name="Net"),)}, "dialect"),
    ],
)
def test_a_manifest_that_contradicts_itself_is_refused(given: dict[str, Any], expected: str) -> None:
    with pytest.raises(WrongManifest, match=f"needs {expected}:"):
        made(**given)


def test_it_reads_its_variables() -> None:
    one = made(settings=(NetworkSetting(variable="NET_APP", key="app", means="", default="usual"),))
    assert one.read_app(Env({})) == {"app": "usual"}
    assert one.read_app(Env({"NET_APP": "own"})) == {"app": "own"}
    assert one.read_address(Env({"NET_URL": "http://127.0.0.1:9/"})) == "http://127.0.0.1:9"
    with pytest.raises(WrongSetting, match="NET_URL: expected an address"):
        one.read_address(Env({"NET_URL": "nowhere"}))
    assert [each.variable for each in one.variables] == ["NET_URL", "NET_APP"]


def test_a_variable_that_cannot_be_read_is_named() -> None:
    whole = NetworkSetting(
        variable="NET_DAYS", key="days", means="", parse=lambda given: str(int(given)), expected="a number"
    )
    with pytest.raises(WrongSetting, match="NET_DAYS: expected a number"):
        made(settings=(whole,)).read_app(Env({"NET_DAYS": "many"}))


@pytest.mark.parametrize(
    ("permalink", "remote_id"),
    [
        ("https://net1.example/a/77", "77"),
        ("https://net.example/a/77/b/78_9#5", "78_9"),
        ("https://net.example/a?b=7", ""),
        ("", ""),
    ],
)
def test_an_address_usually_ends_with_the_id(permalink: str, remote_id: str) -> None:
    assert id_from_permalink(permalink, "1") == remote_id


def test_a_package_that_is_no_network_is_named() -> None:
    with pytest.raises(WrongManifest, match=r"tests\.nowhere\.manifest cannot be imported"):
        discover_manifests(("tests.nowhere",))
    with pytest.raises(WrongManifest, match="calls itself 'toynet', which another network does"):
        discover_manifests(("tests.toynet", "tests.toynet"))


def test_what_lives_outside_stands_where_it_says() -> None:
    assert discover_manifests(("tests.toynet",)) == (*OWN, TOYNET)


def test_our_own_variables_are_nobody_elses() -> None:
    named = [each.variable for one in OWN for each in one.variables]
    assert len(named) == len({*named})


@pytest.mark.parametrize("one", OWN, ids=lambda one: one.network)
class TestEach:
    def test_its_adapter_and_its_dialect_are_its_own(self, one: Manifest) -> None:
        adapter, dialect = adapter_class(one.network), dialect_of(one.network)
        assert (adapter.network, adapter.label) == (one.network, one.label)
        assert dialect is None or dialect.network == one.network
        assert bool(one.push_secret) is issubclass(adapter, Pushes)

    def test_its_mark_takes_the_colour_of_the_text(self, one: Manifest) -> None:
        svg = one.mark.read_text()
        assert svg.startswith("<svg ")
        assert 'viewBox="0 0 16 16"' in svg
        assert "currentColor" in svg
        assert " id=" not in svg  # it stands many times on a page

    def test_its_libraries_print_no_tokens(self, one: Manifest) -> None:
        adapter_class(one.network)
        assert all(logging.getLogger(name).getEffectiveLevel() >= logging.WARNING for name in one.loggers)

    def test_the_settings_hold_what_it_reads(self, one: Manifest) -> None:
        assert one in manifests()
        assert settings.NETWORK_APPS[one.network].keys() == {each.key for each in one.settings}
        assert settings.NETWORK_URLS[one.network].startswith("http")
