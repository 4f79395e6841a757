"""How much one client may have open at once. What a trusted proxy brings is counted for whom it names."""

import ipaddress
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from uvicorn.middleware.proxy_headers import _TrustedHosts

from socialops import settings

trusted_proxies = _TrustedHosts(settings.FORWARDED_ALLOW_IPS)  # the rule by which uvicorn believes X-Forwarded-For


def client_key(address: str) -> str:
    """Whom an address is counted for: of IPv6 everybody has a whole /64."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return address


class ClientPlaces:
    """So many at once for each client."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken: Counter[str] = Counter()

    def take(self, client: str) -> bool:
        """Whether there was one; then `leave` gives it back."""
        if self.taken[client] >= self.most:
            return False
        self.taken[client] += 1
        return True

    def leave(self, client: str) -> None:
        self.taken[client] -= 1
        if self.taken[client] <= 0:
            del self.taken[client]


connection_places = ClientPlaces(settings.WEB_CONNECTIONS_PER_ADDRESS)
request_places = ClientPlaces(settings.WEB_CONNECTIONS_PER_ADDRESS)


@contextmanager
def take_request_place(client: str, peer: str) -> Iterator[bool]:
    """Whether a request may begin. `client` is who the proxy says, `peer` who is connected; a proxy has no limit."""
    if not client or (client == peer and peer in trusted_proxies):
        yield True
        return
    counted = client_key(client)
    if not request_places.take(counted):
        yield False
        return
    try:
        yield True
    finally:
        request_places.leave(counted)
