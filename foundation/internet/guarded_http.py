"""Calls to addresses that people typed in: they must not lead into the private network.

The name is resolved once, every address behind it is looked at, and the connection goes to the address that was looked
at: a name that answers differently the second time (DNS rebinding) gains nothing.
"""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from foundation.internet.http import Fate, Session, TransportFault, parse_json, raise_transport_faults

LONGEST_ANSWER = 512 * 1024
# The IANA's registry: all that is given to the Internet lies in here. Outside are NAT64, mapped and compatible IPv4,
# unique-local, link-local and site-local addresses.
UNICAST = ipaddress.IPv6Network("2000::/3")
SPECIAL_NETWORKS = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo, benchmarks, ORCHID and other protocols
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)
SPECIAL_IPV4_NETWORKS = (
    ipaddress.IPv4Network("192.0.0.0/24"),  # of protocols; older releases of Python take most of it for public
    ipaddress.IPv4Network("192.88.99.0/24"),  # 6to4's, withdrawn
)


class PrivateAddress(NewConnectionError):
    """The name leads to a machine that only we can reach."""


def is_public_url(url: str) -> bool:
    """An https address with a host and no user in it; http too where ALLOW_PRIVATE_NETWORK_URLS says so."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it raises ValueError for a port that is no number
    except ValueError:
        return False
    schemes = {"https", "http"} if settings.ALLOW_PRIVATE_NETWORK_URLS else {"https"}
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    return plain and parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc and not parts.fragment


def resolve_public_address(host: str, port: int) -> str:
    """An address of `host`. Raises OSError where it has none, PermissionError where any of them is private."""
    found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not settings.ALLOW_PRIVATE_NETWORK_URLS and not all(is_public_address(address) for address in found):
        raise PermissionError("private address")
    return found[0]


def is_public_address(address: str) -> bool:
    """Whether anybody on the Internet could reach it too. What carries an IPv4 address inside leads to one: private."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        inside = (
            parsed in UNICAST and not any(parsed in network for network in SPECIAL_NETWORKS) and not is_isatap(parsed)
        )
    else:
        inside = not any(parsed in network for network in SPECIAL_IPV4_NETWORKS)
    return inside and parsed.is_global and not parsed.is_multicast


def is_isatap(address: ipaddress.IPv6Address) -> bool:
    """RFC 5214: a host of the network that the last 32 bits name, behind a prefix that may look public."""
    return address.packed[8:12] in (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")


def fetch_json(method: str, url: str, **options: Any) -> Any:
    """The JSON that an address given by a person answers with 200. Raises TransportFault."""
    if not is_public_url(url):
        raise TransportFault(Fate.UNKNOWN, "not a public https address")
    with GuardedSession() as session, raise_transport_faults():
        answer = session.request(method, url, stream=True, **options)
        answer._content = answer.raw.read(LONGEST_ANSWER + 1, decode_content=True)
    if len(answer.content) > LONGEST_ANSWER:
        raise TransportFault(Fate.UNKNOWN, "answer too long")
    if answer.status_code != 200:
        raise TransportFault(Fate.UNKNOWN, f"status {answer.status_code}")
    return parse_json(answer)


def connect_pinned(connect: Callable[[Any], socket.socket], connection: Any) -> socket.socket:
    """Connects to the address that was checked, while TLS goes on asking for the name."""
    name = connection._dns_host
    try:
        connection._dns_host = resolve_public_address(name, connection.port)
        return connect(connection)
    except (OSError, UnicodeError) as error:
        raise PrivateAddress(connection, type(error).__name__) from None
    finally:
        connection._dns_host = name


class GuardedConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return connect_pinned(HTTPConnection._new_conn, self)


class GuardedSecureConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return connect_pinned(HTTPConnection._new_conn, self)


class GuardedPool(HTTPConnectionPool):
    ConnectionCls = GuardedConnection


class GuardedSecurePool(HTTPSConnectionPool):
    ConnectionCls = GuardedSecureConnection


class GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": GuardedPool, "https": GuardedSecurePool}


class GuardedSession(Session):
    """Never follows a redirect, never uses a proxy, never speaks to a private address."""

    def __init__(self) -> None:
        super().__init__(timeout=(5.0, 10.0))
        self.mount("https://", GuardedAdapter(max_retries=0))
        self.mount("http://", GuardedAdapter(max_retries=0))
