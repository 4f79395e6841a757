"""The web process: pages in a pool of threads, streams on the event loop (docs/adr/0002-web-server.md).

What a client sends is whole before a thread sees it, and a thread is done before a client has read what it said
(docs/adr/0014-the-door.md).
"""

import asyncio
import os
import re
import signal
from contextlib import closing
from functools import partial
from types import FrameType
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "socialops.settings")
wsgi_application = get_wsgi_application()  # before the imports below: they need the apps

from foundation.processes.heartbeat import record_clock
from socialops.door.client_places import take_request_place
from socialops.door.connections import sweep_connections
from socialops.door.known_clients import is_known_client
from socialops.door.page_threads import serve_page
from socialops.door.request_bodies import BodyRefused, ClientLeft, find_body_bounds, receive_body
from socialops.door.request_refusals import refuse_request
from socialops.hint_hub import hub
from socialops.stream import Receive, Scope, Send, serve_stream

STREAM_PATH = re.compile(r"/o/(?P<slug>[-\w]+)/stream/")
CLOCK_REPORT_EVERY = 60.0
LOOP_ANSWERS = {  # answered whatever the page threads do
    "/healthz": b"ok",
    "/robots.txt": b"User-agent: *\nDisallow: /\n",
}


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await run_lifespan(receive, send)
    elif scope["type"] != "http":
        await send({"type": "websocket.close", "code": 1000})
    elif answer := LOOP_ANSWERS.get(scope["path"]):
        await send_text(scope, send, answer)
    else:
        client = (scope.get("client") or ("",))[0]
        with take_request_place(client, scope.get("state", {}).get("peer", "")) as has_place:
            if has_place:
                await route_request(scope, receive, send)
            else:
                await refuse_request(
                    scope, receive, send, 429, "Too many requests from this address at once. Try again."
                )


async def route_request(scope: Scope, receive: Receive, send: Send) -> None:
    scope = drop_ambiguous_headers(scope)
    if found := STREAM_PATH.fullmatch(scope["path"]):
        await serve_stream(scope, receive, send, found["slug"])
        return
    bounds, known = find_body_bounds(scope["path"]), partial(is_known_client, scope)
    try:
        with closing(await receive_body(receive, dict(scope["headers"]), bounds, known)) as body:
            await serve_page(wsgi_application, scope, body, receive, send)
    except ClientLeft:
        return  # nobody is there to be answered, and nothing has begun
    except BodyRefused as refused:
        await refuse_request(scope, receive, send, refused.status, str(refused))


async def send_text(scope: Scope, send: Send, text: bytes) -> None:
    allowed = scope["method"] in ("GET", "HEAD")
    body = text if allowed else b""
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if not allowed:
        headers += [(b"allow", b"GET, HEAD"), (b"connection", b"close")]  # a body may follow
    await send({"type": "http.response.start", "status": 200 if allowed else 405, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def drop_ambiguous_headers(scope: Scope) -> Scope:
    """Leaves out headers with an underscore: in WSGI they would pass for the ones with a hyphen that a proxy sets."""
    headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
    query = scope["query_string"].decode("latin-1").encode("ascii", "ignore")
    return {**scope, "headers": headers, "query_string": query}


async def run_lifespan(receive: Receive, send: Send) -> None:
    """The lifespan of one web process: streams listen to Redis meanwhile, and slow connections are looked at."""
    await receive()
    end_streams_on_signal()
    running = [asyncio.create_task(task) for task in (hub.listen(), sweep_connections(), keep_reporting_clock())]
    await send({"type": "lifespan.startup.complete"})
    await receive()
    for task in running:
        task.cancel()
    await send({"type": "lifespan.shutdown.complete"})


async def keep_reporting_clock() -> None:
    while True:
        await asyncio.get_running_loop().run_in_executor(None, record_clock, "web")
        await asyncio.sleep(CLOCK_REPORT_EVERY)


def end_streams_on_signal() -> None:
    """The server waits for open answers before it ends, and a stream never ends by itself."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def ended(received: int, frame: FrameType | None, before: Any = before) -> None:
            loop.call_soon_threadsafe(hub.close)
            if callable(before):
                before(received, frame)

        signal.signal(number, ended)
