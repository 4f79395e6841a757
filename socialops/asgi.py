"""The web process: pages in a pool of threads, streams on the event loop (docs/adr/0002-web-server.md)."""

import asyncio
import os
import re
import signal
from types import FrameType
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "socialops.settings")
wsgi = get_wsgi_application()  # before the imports below: they need the apps

from django.conf import settings  # noqa: E402

from socialops.stream import Receive as Receive  # noqa: E402
from socialops.stream import Scope, hub, stream  # noqa: E402
from socialops.stream import Send as Send  # noqa: E402

STREAM = re.compile(r"/o/(?P<slug>[-\w]+)/stream/")
BROKEN = (b"x-practice", b"broken")
pages = WSGIMiddleware(wsgi, workers=settings.WEB_THREADS)


class ClientLeft(OSError):
    """The body ended before its time; Django turns this into UnreadablePostError."""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["type"] != "http":
        await send({"type": "websocket.close", "code": 1000})
    elif found := STREAM.fullmatch(scope["path"]):
        await stream(scope, receive, send, found["slug"])
    else:
        await pages(unambiguous(scope), whole(receive), breaking(send))


def unambiguous(scope: Scope) -> Scope:
    """Leaves out headers with an underscore: in WSGI they would pass for the ones with a hyphen that a proxy sets."""
    headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
    query = scope["query_string"].decode("latin-1").encode("ascii", "ignore")
    return {**scope, "headers": headers, "query_string": query}


def whole(receive: Receive) -> Receive:
    """A body that breaks off is an error, never a shorter body: half a text must not be taken for the text."""

    async def received() -> dict[str, Any]:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        return message

    return received


def breaking(send: Send) -> Send:
    """Keeps back the body of an answer that a practice network breaks off; the server then drops the connection."""
    broken = False

    async def sent(message: Any) -> None:
        nonlocal broken
        broken = broken or BROKEN in message.get("headers", ())
        if not broken or message["type"] == "http.response.start":
            await send(message)

    return sent


async def live(receive: Receive, send: Send) -> None:
    """The lifespan of one web process: streams listen to Redis meanwhile."""
    await receive()
    end_streams_on_signal()
    listening = asyncio.create_task(hub.listen())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    listening.cancel()
    await send({"type": "lifespan.shutdown.complete"})


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
