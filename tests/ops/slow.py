"""Clients that take their time: so many connections at once, each kept half way, and opened anew where it was closed."""

import contextlib
import re
import select
import socket
import threading
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlsplit

from tests.routes import walk

ARGUMENT, GROUP = re.compile(r"<(?:\w+:)?(\w+)>"), re.compile(r"\(\?P<(\w+)>[^()]*\)")
PACE = 0.5  # seconds between two bytes of each


class Slow:
    def __init__(self, url: str, beginnings: Sequence[bytes], count: int, *, drip: bytes, source: str = "") -> None:
        """`beginnings` in turn are what each sends first; then `drip` again and again, or nothing where that is empty."""
        parts = urlsplit(url)
        self.address = (parts.hostname or "", parts.port or 0)
        self.beginnings = list(islice(cycle(beginnings), count))
        self.drip = drip
        self.source = (source, 0) if source else None
        self.sockets = [self.opened(one) for one in self.beginnings]
        self.reopened = 0
        self.refused = 0  # could not even be opened again
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.go_on, daemon=True)
        self.thread.start()

    def opened(self, beginning: bytes) -> socket.socket:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        if self.source:
            client.bind(self.source)
        client.settimeout(20)
        client.connect(self.address)
        client.sendall(beginning)
        client.setblocking(False)
        return client

    def go_on(self) -> None:
        while not self.over.wait(PACE):
            for place, client in enumerate(self.sockets):
                if self.drip and not self.dripped(client):
                    self.reopen(place)

    def dripped(self, client: socket.socket) -> bool:
        """Whether it could send one more; what came in answer says that the other side is done with it."""
        with contextlib.suppress(BlockingIOError, OSError):
            client.send(self.drip)
            return not select.select([client], [], [], 0)[0]
        return False

    def reopen(self, place: int) -> None:
        self.sockets[place].close()
        try:
            self.sockets[place] = self.opened(self.beginnings[place])
            self.reopened += 1
        except OSError:
            self.refused += 1

    def close(self) -> None:
        self.over.set()
        self.thread.join()
        for client in self.sockets:
            client.close()


@contextlib.contextmanager
def slow(url: str, beginnings: Sequence[bytes], count: int, *, drip: bytes = b"", source: str = "") -> Iterator[Slow]:
    clients = Slow(url, beginnings, count, drip=drip, source=source)
    try:
        yield clients
    finally:
        clients.close()


def every_path(patterns: list[Any]) -> list[str]:
    """Every address of ours, so that each one that takes a body is among them."""
    shapes = (path for path, _ in walk(patterns))
    return sorted({"/" + ARGUMENT.sub("1", GROUP.sub("1", path)).replace(".*", "") for path in shapes})


def asks(method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
    """A request as it stands on the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def half_a_body(path: str, *headers: str, length: int = 5000) -> bytes:
    kind = "Content-Type: application/x-www-form-urlencoded"
    return asks("POST", path, f"Content-Length: {length}", kind, *headers, body=b"a=b")


HALF_A_HEAD = b"GET /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
