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

from socialops.lib.http import Fate, Session, TransportFault, faults, json_of

LONGEST_ANSWER = 512 * 1024


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


def checked_address(host: str, port: int) -> str:
    """An address of `host`. Raises OSError where it has none, PermissionError where any of them is private."""
    found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not settings.ALLOW_PRIVATE_NETWORK_URLS and not all(is_public(address) for address in found):
        raise PermissionError("private address")
    return found[0]


def is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None) or parsed
    return parsed.is_global and inner.is_global and not parsed.is_multicast


def fetch_json(method: str, url: str, **options: Any) -> Any:
    """The JSON that an address given by a person answers with 200. Raises TransportFault."""
    if not is_public_url(url):
        raise TransportFault(Fate.UNKNOWN, "not a public https address")
    with GuardedSession() as session, faults():
        answer = session.request(method, url, stream=True, **options)
        answer._content = answer.raw.read(LONGEST_ANSWER + 1, decode_content=True)
    if len(answer.content) > LONGEST_ANSWER:
        raise TransportFault(Fate.UNKNOWN, "answer too long")
    if answer.status_code != 200:
        raise TransportFault(Fate.UNKNOWN, f"status {answer.status_code}")
    return json_of(answer)


def pinned(connect: Callable[[Any], socket.socket], connection: Any) -> socket.socket:
    """Connects to the address that was checked, while TLS goes on asking for the name."""
    name = connection._dns_host
    try:
        connection._dns_host = checked_address(name, connection.port)
        return connect(connection)
    except (OSError, UnicodeError) as error:
        raise PrivateAddress(connection, type(error).__name__) from None
    finally:
        connection._dns_host = name


class GuardedConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return pinned(HTTPConnection._new_conn, self)


class GuardedSecureConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return pinned(HTTPConnection._new_conn, self)


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
