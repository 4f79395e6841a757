"""One connection: how large a head may be, and how long anything may take that needs no page thread.

The parser beneath has no limits of its own: a header of 200 MB would be gathered whole, and a client that sends a byte
a minute would be waited for for ever.
"""

import asyncio
import heapq
import resource
import socket

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from socialops import settings
from socialops.door.client_places import client_key, connection_places, trusted_proxies

MOST_HEAD = 32_768  # bytes of the address and all headers
MOST_HEADERS = 100
MOST_PIPELINED = 8
HEAD_WITHIN = 15.0  # seconds from the first byte, and for the first request from the beginning
IDLE_FOR = 75.0  # between two requests; longer than a proxy's own, so that it never writes into a closing connection
STALLED_FOR = 30.0  # while a reader takes nothing
CLOSED_WITHIN = 5.0  # for what is still on its way when a connection is closed
WRITE_BUFFER = 32_768  # bytes of an answer that wait for a slow reader, with us and again with the system
SWEEP_EVERY = 1.0
SPARE_FILES = 128  # for the database, Redis, templates and logs

IDLE, HEAD, BUSY, REFUSED = "idle", "head", "busy", "refused"
REFUSAL_TEXTS = {
    400: "This request cannot be read.",
    408: "The request did not arrive in time.",
    431: "The headers of this request are too large.",
    429: "Too many requests from this address are under way.",
    503: "Too many connections at this moment; try again.",
}


def raise_connection_limit() -> int:
    """As many as were allowed, where the system has files for them: a body or an answer may need a second one each."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 2 * settings.WEB_CONNECTIONS + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return settings.WEB_CONNECTIONS
    return max(16, min(settings.WEB_CONNECTIONS, (soft - SPARE_FILES) // 2))


MOST_CONNECTIONS = raise_connection_limit()
open_connections: set["Connection"] = set()  # all that are open in this process


class Connection(HttpToolsProtocol):
    """uvicorn's, with bounds. `phase` since `since`: what is waited for, and may end the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # narrower, as asyncio gives it
        self.phase, self.since = IDLE, self.loop.time()
        self.unread = 0  # bytes that the parser took in since it last gave something out
        self.head = self.fields = self.refusal = 0
        self.stalled: float | None = None
        self.closing: float | None = None
        self.counted = ""
        super().connection_made(transport)
        has_room = len(open_connections) < MOST_CONNECTIONS or drop_waiting_connections()
        open_connections.add(self)
        transport.set_write_buffer_limits(high=WRITE_BUFFER)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, WRITE_BUFFER)
        peer = self.client[0] if self.client else ""
        if peer and peer not in trusted_proxies:
            client = client_key(peer)
            if not connection_places.take(client) and not (
                drop_waiting_connections(client) and connection_places.take(client)
            ):
                self.refuse(429)
                return
            self.counted = client
        if not has_room:
            self.refuse(503)

    def connection_lost(self, exc: Exception | None) -> None:
        self.leave()
        super().connection_lost(exc)

    def leave(self) -> None:
        """Its place is free, though its transport may say so only at the next turn of the loop."""
        open_connections.discard(self)
        if self.counted:
            connection_places.leave(self.counted)
            self.counted = ""

    def data_received(self, data: bytes) -> None:
        if self.phase == REFUSED:
            return
        self.unread += len(data)
        super().data_received(data)
        if self.phase != REFUSED and (self.refusal or self.unread > MOST_HEAD):
            self.refuse(self.refusal or (400 if self.phase == BUSY else 431))

    def send_400_response(self, msg: str) -> None:
        self.refuse(400)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.head = self.fields = 0
        self.phase, self.since = HEAD, self.loop.time()

    def on_url(self, url: bytes) -> None:
        self.head += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.phase != HEAD:
            return  # a trailer: nothing that comes after a body may count as one of its headers
        self.head += len(name) + len(value)
        self.fields += 1
        if self.head <= MOST_HEAD and self.fields <= MOST_HEADERS:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self.unread = 0
        if self.refusal:
            return
        if self.head > MOST_HEAD or self.fields > MOST_HEADERS:
            self.refusal = 431
        elif len(self.pipeline) >= MOST_PIPELINED:
            self.refusal = 503
        else:
            self.phase, self.since = BUSY, self.loop.time()
            self.scope["state"]["peer"] = self.client[0] if self.client else ""
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self.unread = 0
        if not self.refusal:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self.unread = 0
        if not self.refusal:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.phase == BUSY and self.cycle.response_complete:
            self.phase, self.since = IDLE, self.loop.time()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.stalled = self.loop.time()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.stalled = None

    def refuse(self, status: int) -> None:
        """Says why, and takes in unseen what still comes for a moment: closed at once, the answer would be lost."""
        cycle, waiting = self.cycle, self.is_waited_for
        self.phase, self.since = REFUSED, self.loop.time()
        self.parser = None  # type: ignore[assignment]  # and with it whatever it had gathered
        if self.transport.is_closing():
            return
        if cycle is not None and not cycle.response_complete:
            if self.pipeline or cycle.response_started or not waiting:
                self.transport.abort()  # in the middle of another answer nothing may be said
                return
            cycle.disconnected = True  # for whoever takes its body in
            cycle.message_event.set()
        text = REFUSAL_TEXTS[status].encode()
        head = b"content-type: text/plain\r\ncontent-length: %d\r\ncache-control: no-store\r\n" % len(text)
        self.transport.write(STATUS_LINE[status] + head + b"connection: close\r\n\r\n" + text)
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def look(self, now: float) -> None:
        """Ends what has lasted too long."""
        if self.stalled is not None and now - self.stalled > STALLED_FOR:
            self.transport.abort()
        elif self.transport.is_closing():
            self.closing = self.closing or now
            if now - self.closing > CLOSED_WITHIN:
                self.transport.abort()
        elif self.phase == REFUSED and now - self.since > CLOSED_WITHIN:
            self.transport.abort()
        elif self.phase == IDLE and now - self.since > (IDLE_FOR if self.cycle else HEAD_WITHIN):
            self.transport.close()
        elif self.phase == HEAD and now - self.since > HEAD_WITHIN:
            self.refuse(408)

    @property
    def is_waited_for(self) -> bool:
        """Whether the next thing must come from the client, and no page thread has begun."""
        return self.phase != BUSY or (self.cycle is not None and self.cycle.more_body)


def drop_waiting_connections(client: str = "") -> bool:
    """Ends those (of one client) who were waited for longest: who sends whole requests finds a place among those who
    do not."""
    among = [one for one in open_connections if one.counted == client] if client else open_connections
    waiting = [one for one in among if one.is_waited_for and not one.transport.is_closing()]
    chosen = heapq.nsmallest(max(1, len(waiting) // 32), waiting, key=lambda one: one.since)
    for one in chosen:
        one.leave()
        one.transport.abort()
    return bool(chosen)


async def sweep_connections() -> None:
    """Looks at all connections of this process, until cancelled."""
    now = asyncio.get_running_loop().time
    while True:
        await asyncio.sleep(SWEEP_EVERY)
        for one in list(open_connections):
            one.look(now())
