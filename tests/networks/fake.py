"""A network on loopback: a real HTTP server that speaks a dialect, with the traps of the real one and faults on demand.

A fault is given by name with `fail_next(...)` and strikes the next call of its kind once. Names ending in `_after`
strike when the server has already done what was asked.
"""

import json
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

_PART = re.compile(r'\bname="(?P<name>[^"]*)"')
PATIENCE = 0.4
"""Read timeout of the adapters under test; a fault that times out waits for twice as long."""


@dataclass
class Call:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.time)

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        if self.headers.get("content-type", "").startswith("multipart/"):
            return {name: value.decode() for name, value in self.parts.items() if name != "source"}
        return {key: values[0] for key, values in parse_qs(self.body.decode()).items()}

    @property
    def parts(self) -> dict[str, bytes]:
        """Of a multipart body, by their names."""
        boundary = b"--" + self.headers["content-type"].partition("boundary=")[2].encode()
        pieces = (one.partition(b"\r\n\r\n") for one in self.body.split(boundary)[1:-1])
        return {_PART.search(head.decode())["name"]: content.removesuffix(b"\r\n") for head, _, content in pieces}


@dataclass
class Answer:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def raw(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body).encode()


@dataclass
class Held:
    """A file as the network holds it."""

    media_id: str
    content: bytes = b""
    alt_text: str = ""
    told: dict[str, str] = field(default_factory=dict)
    parts: dict[int, bytes] = field(default_factory=dict)
    closed: bool = False


class Dialect:
    """What a fake network answers. Subclasses hold the posts and know the routes."""

    token = "the-secret-access-token"

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.writes: deque[str] = deque()
        self.reads: deque[str] = deque()
        self.hidden_reads = 0
        self.headers: dict[str, str] = {}  # of every answer
        self.held: dict[str, Held] = {}
        self.shows_media = True  # in what it lists

    def fail_next(self, fault: str, *, read: bool = False, times: int = 1) -> None:
        (self.reads if read else self.writes).extend([fault] * times)

    def published_texts(self) -> list[str]:
        raise NotImplementedError

    def published_media(self) -> list[list[str]]:
        """The ids of the files of each post."""
        raise NotImplementedError

    def shows(self, remote_id: str) -> bool:
        """Whether its lists show this by now."""
        return True

    def route(self, call: Call) -> Answer:
        raise NotImplementedError

    def refusal(self, fault: str) -> Answer:
        """The dialect's own words for limited, limited_bare, signed_out, duplicate and error."""
        raise NotImplementedError

    def accepts(self, call: Call) -> bool:
        return call.headers.get("authorization") == f"Bearer {self.token}"

    def answer(self, call: Call) -> Answer | None:
        """None cuts the connection."""
        self.calls.append(call)
        faults = self.reads if call.method == "GET" else self.writes
        fault = faults.popleft() if faults else ""
        if not fault:
            return self.route(call) if self.accepts(call) else self.refusal("signed_out")
        if fault.endswith("_after") or fault in {"nonsense", "empty", "half"}:
            self.route(call)
        return self._struck(fault)

    def _struck(self, fault: str) -> Answer | None:
        if fault.startswith("cut"):
            return None
        if fault.startswith("silent"):
            time.sleep(PATIENCE * 2)
            return None
        simple = {
            "nonsense": Answer(200, b"<html>welcome</html>", {"Content-Type": "text/html"}),
            "empty": Answer(201, b""),
            "half": Answer(200, b'{"data": {"id"', {"Content-Length": "90"}),
            "redirect": Answer(307, b"", {"Location": "/elsewhere"}),
            "proxy_refusal": Answer(403, b"<html>Forbidden</html>", {"Content-Type": "text/html"}),
            "request_timeout": Answer(408, {"title": "Request Timeout"}),
            "list_body": Answer(400, ["not", {"message": "an object"}]),
            "string_body": Answer(400, "just words"),
        }
        return simple.get(fault) or self.refusal(fault.partition("_after")[0])


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # whoever asked may have given up
            super().handle_error(request, client_address)


@contextmanager
def serving(dialect: Dialect) -> Iterator[str]:
    """Serve `dialect` on a free port and give its base address."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def handle_one(self) -> None:
            where = urlsplit(self.path)
            call = Call(
                method=self.command,
                path=where.path,
                query={key: values[0] for key, values in parse_qs(where.query, keep_blank_values=True).items()},
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
            )
            answer = dialect.answer(call)
            self.close_connection = True
            if answer is None:
                return
            raw = answer.raw()
            headers = {
                "Content-Type": "application/json",
                "Content-Length": str(len(raw)),
                **dialect.headers,
                **answer.headers,
            }
            self.send_response(answer.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_DELETE = handle_one

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
