"""From where the request at hand came. The audit log writes it beside who did what."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import ip_address

current_origin: ContextVar[str | None] = ContextVar("origin", default=None)


@contextmanager
def origin_scope(address: str) -> Iterator[None]:
    """Everything inside was asked for from `address`; what is no IP address (a socket's path) counts as not known."""
    token = current_origin.set(parse_ip_address(address))
    try:
        yield
    finally:
        current_origin.reset(token)


def parse_ip_address(address: str) -> str | None:
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return str(getattr(found, "ipv4_mapped", None) or found)
