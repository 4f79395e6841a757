"""What people type in as an address does not lead into the private network."""

import socket

import pytest

from organizations.actions.sign_on import set_sign_on
from socialops.lib.addresses import checked_address, fetch_json, is_public, is_public_url
from socialops.lib.errors import Invalid
from socialops.lib.http import TransportFault
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
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111"])
def test_public_ones_too(address):
    assert is_public(address)


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
            checked_address(name, port)
        assert issuer.calls == []


def test_one_private_address_among_public_ones_is_enough(monkeypatch):
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 443)) for host in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    with pytest.raises(PermissionError):
        checked_address("login.example", 443)


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
    monkeypatch.setattr("socialops.lib.addresses.LONGEST_ANSWER", 100)
    with oidc.running() as issuer, pytest.raises(TransportFault, match="too long"):
        fetch_json("GET", f"{issuer.url}/keys")
