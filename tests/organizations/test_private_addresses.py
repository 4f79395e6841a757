"""What people type in as an address does not lead into the private network."""

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import Invalid
from foundation.internet.guarded_http import fetch_json, is_public_address, is_public_url, resolve_public_address
from foundation.internet.http import TransportFault
from organizations.actions.sign_on import set_sign_on
from tests.organizations import oidc

GIVEN = {
    "client_id": "c",
    "client_secret": "s",
    "domains": ["acme.example"],
    "default_role": "member",
    "required": False,
}


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "255.255.255.255",
    ],
)  # fmt: skip
def test_private_addresses_are_known(address):
    assert not is_public_address(address)


# As the registries of special-purpose addresses have them, and whatever leads to an IPv4 address inside.
PRIVATE = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
    "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:2::/48",
    "2001:10::/28", "2001:20::/28", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
    "fec0::/10", "ff00::/8",
]  # fmt: skip


@given(network=st.sampled_from(PRIVATE), data=st.data())
def test_every_address_of_a_private_network_is_private(network: str, data: st.DataObject) -> None:
    inside = ipaddress.ip_network(network)
    host = data.draw(st.integers(0, inside.num_addresses - 1))
    assert not is_public_address(str(inside[host]))


PUBLIC = st.ip_addresses(v=4).filter(lambda one: one.is_global and not one.is_multicast)


@given(v4=PUBLIC, v6=st.ip_addresses(network="2606:4700::/32"))
def test_an_ipv4_address_within_another_is_never_called(v4, v6) -> None:
    """Not even a public one: a name says 1.1.1.1 where it means 1.1.1.1."""
    number = int(v4)
    shapes = {
        "mapped": 0xFFFF << 32 | number,
        "compatible": number,
        "translated": 0xFFFF << 48 | number,
        "NAT64": 0x64FF9B << 96 | number,
        "6to4": 0x2002 << 112 | number << 80 | 1,
        "Teredo": 0x20010000 << 96 | 0x41D0 << 80 | number ^ 0xFFFFFFFF,
        "ISATAP": (int(v6) >> 64) << 64 | 0x02005EFE << 32 | number,
    }
    for name, shape in shapes.items():
        assert not is_public_address(str(ipaddress.IPv6Address(shape))), name


KEPT_BACK = [ipaddress.ip_network(network) for network in PRIVATE if "." in network]  # older Pythons know not all


@given(v4=PUBLIC.filter(lambda one: not any(one in network for network in KEPT_BACK)))
def test_what_is_given_to_the_internet_is_public(v4) -> None:
    assert is_public_address(str(v4))


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111"])
def test_public_ones_too(address):
    assert is_public_address(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://login.example/", "ftp://login.example/", "https://", "https://user@login.example/", "https://x.example/#a",
        "https://login.example:port/", "login.example", "https://login.example/\n", "https://exam ple/", "https://[::1", "",
    ],
)  # fmt: skip
def test_only_plain_https_addresses_may_be_typed_in(cast, in_acme, url):
    assert not is_public_url(url) or url.endswith("\n")
    if url.endswith("\n"):
        return
    with pytest.raises(Invalid) as refused:
        set_sign_on(cast.olive, cast.acme, issuer=url, **GIVEN)
    assert "issuer" in refused.value.fields


def test_http_is_for_development(settings):
    settings.ALLOW_PRIVATE_NETWORK_URLS = True
    assert is_public_url("http://127.0.0.1:8080/realm")


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433"])
def test_a_name_that_leads_inside_is_never_called(name, settings):
    settings.ALLOW_PRIVATE_NETWORK_URLS = True
    with oidc.running() as issuer:
        port = int(issuer.url.rpartition(":")[2])
        settings.ALLOW_PRIVATE_NETWORK_URLS = False
        with pytest.raises((TransportFault, PermissionError)):
            fetch_json("GET", f"https://{name}:{port}/keys")
        with pytest.raises((PermissionError, OSError)):
            resolve_public_address(name, port)
        assert issuer.calls == []


def test_one_private_address_among_public_ones_is_enough(monkeypatch):
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 443)) for host in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    with pytest.raises(PermissionError):
        resolve_public_address("login.example", 443)


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch):
    """DNS rebinding: the second answer is another one; nobody asks for it."""
    asked = []

    def answers(host, port, *_, **__):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.114.1" if len(asked) == 1 else "127.0.0.1", port))]

    reached = []

    def connected(address, *_, **__):
        reached.append(address)
        raise OSError("refused")

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    monkeypatch.setattr("urllib3.util.connection.create_connection", connected)
    with pytest.raises(TransportFault):
        fetch_json("GET", "https://login.example/keys")
    assert asked == ["login.example"]
    assert reached == [("203.0.114.1", 443)]


def test_redirects_are_not_followed(settings):
    settings.ALLOW_PRIVATE_NETWORK_URLS = True
    with oidc.running() as issuer, pytest.raises(TransportFault, match="302"):
        fetch_json(
            "GET",
            f"{issuer.url}/authorize?redirect_uri={issuer.url}/keys&state=s",
        )


def test_endless_answers_end(settings, monkeypatch):
    settings.ALLOW_PRIVATE_NETWORK_URLS = True
    monkeypatch.setattr("foundation.internet.guarded_http.LONGEST_ANSWER", 100)
    with oidc.running() as issuer, pytest.raises(TransportFault, match="too long"):
        fetch_json("GET", f"{issuer.url}/keys")
