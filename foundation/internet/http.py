"""How we speak HTTP to others: bounded in time, never repeated, never redirected, and clear about how it failed.

One question decides everything after a failed call: did the request leave? `Fate.NOT_SENT` is answered only where
that is certain; whatever else goes wrong is `Fate.UNKNOWN`, because the other side may have acted on it.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import lru_cache
from time import monotonic
from typing import Any

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

from foundation.internet.failures import cause_of, describe_failure

DEFAULT_TIMEOUT = (settings.SEND_TIMEOUT_SECONDS / 6, float(settings.SEND_TIMEOUT_SECONDS))
"""Seconds to connect, and seconds of silence while reading."""
_IDLE_SECONDS = 1.0

# At DEBUG these print addresses, authorization headers and signing keys.
for _name in ("urllib3", "oauthlib", "requests_oauthlib"):
    logging.getLogger(_name).setLevel(logging.WARNING)

_NOT_SENT_ERRORS = (
    requests.ConnectTimeout,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidJSONError,
)


class Fate(StrEnum):
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


class TransportFault(Exception):
    """A call that brought no usable answer. `reason` says why in plain words, without an address or a header."""

    def __init__(self, fate: Fate, reason: str) -> None:
        super().__init__(reason)
        self.fate = fate
        self.reason = reason


class Session(requests.Session):
    """A `requests.Session` that always has a timeout and does not follow redirects.

    A redirect would turn a POST into a GET (302) or send it to whatever host is named (307), so writes never follow
    one, even when asked to. Environment proxies and `.netrc` are ignored: they would receive our tokens. Sessions of
    one process share their connections, and nothing else.
    """

    def __init__(self, timeout: tuple[float, float] = DEFAULT_TIMEOUT) -> None:
        super().__init__()
        self.timeout = timeout
        self.trust_env = False
        self.mount("https://", _shared_adapter())
        self.mount("http://", _shared_adapter())

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = self.timeout
        reads = str(method).upper() in {"GET", "HEAD"}
        kwargs["allow_redirects"] = reads and bool(kwargs.get("allow_redirects", False))
        try:
            return super().request(method, url, *args, **kwargs)
        except requests.Timeout as error:
            error.waited = expired_timeout(kwargs["timeout"], error)  # type: ignore[attr-defined]  # for who tells it to people
            raise

    @property
    def while_sending(self) -> tuple[float, float]:
        """For a body with a file in it. The time to connect is the time to send all of it too, so it has to be longer;
        both together take no longer than a call may."""
        return (self.timeout[1] / 2, self.timeout[1] / 2)

    def close(self) -> None:
        """Leaves the connections to the other sessions."""


def new_session(timeout: tuple[float, float] = DEFAULT_TIMEOUT) -> Session:
    """A session for one piece of work; not to be shared by threads."""
    return Session(timeout)


@contextmanager
def raise_transport_faults() -> Iterator[None]:
    """Turn everything that a call raises inside the block into `TransportFault`."""
    try:
        yield
    except requests.RequestException as error:
        # `from None`: the original message holds the full address.
        raise TransportFault(fate_of_request(error), describe_failure(error)) from None
    except HTTPError as error:  # urllib3 lets a few of its own through
        raise TransportFault(Fate.UNKNOWN, describe_failure(error)) from None
    except UnicodeEncodeError as error:  # a token or an address with characters that no header can carry
        raise TransportFault(Fate.NOT_SENT, describe_failure(error)) from None


def expired_timeout(timeout: float | tuple[float, float], error: requests.Timeout) -> float:
    """The seconds that were up."""
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    return connect if isinstance(error, requests.ConnectTimeout) else read


def fate_of_request(error: requests.RequestException) -> Fate:
    """Whether the request behind `error` certainly never left."""
    if isinstance(error, requests.JSONDecodeError):  # an InvalidJSONError too, but of the answer
        return Fate.UNKNOWN
    if isinstance(error, _NOT_SENT_ERRORS):
        return Fate.NOT_SENT
    return Fate.NOT_SENT if isinstance(cause_of(error), NewConnectionError) else Fate.UNKNOWN


def parse_json(response: requests.Response) -> Any:
    """The body as JSON. A body that cannot be read leaves the fate of the request unknown."""
    body = parse_json_or_none(response)
    if body is None:
        raise TransportFault(Fate.UNKNOWN, f"unreadable answer, status {response.status_code}")
    return body


def parse_json_or_none(response: requests.Response) -> Any:
    """The body as JSON, or None where it is none."""
    try:
        return response.json()
    except (ValueError, RecursionError):  # the latter from absurdly deep nesting
        return None


class _SecureConnection(HTTPSConnection):
    """Says plainly that a failed TLS handshake happened before the request; urllib3 alone calls it a read failure."""

    def connect(self) -> None:
        try:
            super().connect()
        except OSError as error:  # ssl.SSLError and TimeoutError are among them
            raise NewConnectionError(self, f"TLS: {type(error).__name__}") from error


class _FreshPool(HTTPConnectionPool):
    """Uses a connection again only at once. The other end may close an idle one in the very moment in which a post is
    sent on it, and then nobody knows whether the post was read; servers keep idle ones longer than this."""

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection = super()._get_conn(timeout)
        if monotonic() - getattr(connection, "idle_since", 0.0) > _IDLE_SECONDS:
            connection.close()  # it opens again when it is used
        return connection

    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            conn.idle_since = monotonic()
        super()._put_conn(conn)


class _SecurePool(_FreshPool, HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _SharedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _FreshPool, "https": _SecurePool}


@lru_cache(maxsize=1)
def _shared_adapter() -> _SharedAdapter:
    return _SharedAdapter(max_retries=0, pool_maxsize=max(10, settings.CELERY_WORKER_CONCURRENCY))


os.register_at_fork(after_in_child=_shared_adapter.cache_clear)  # two processes must not write to one connection
