"""No, said so that it arrives: as problem details for programs, as a sentence for everybody else."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from organizations.rest.errors import CONTENT_TYPE, problem_details

LINGER_FOR = 3.0  # seconds in which what still comes is taken in unseen: closed at once, the answer would be lost
RETRY_AFTER_HEADERS = {429: b"10", 503: b"10", 507: b"60"}


async def refuse_request(scope: Any, receive: Callable[[], Awaitable[Any]], send: Any, status: int, text: str) -> None:
    """Answers, and closes the connection: nobody knows where the next request would begin."""
    kind, body = build_refusal_body(scope["path"], status, text)
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'"),
        (b"connection", b"close"),
    ]
    if kind.startswith("text/html"):  # a part of a page that was asked for: the page stays as it is, and says why
        headers.append((b"hx-trigger", json.dumps({"toast": {"kind": "error", "text": text}}).encode()))
    if status in RETRY_AFTER_HEADERS:
        headers.append((b"retry-after", RETRY_AFTER_HEADERS[status]))
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINGER_FOR):
            await drain_body(receive)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def drain_body(receive: Callable[[], Awaitable[Any]]) -> None:
    while (message := await receive())["type"] == "http.request" and message["more_body"]:
        pass


def build_refusal_body(path: str, status: int, text: str) -> tuple[str, bytes]:
    if path.startswith(("/api/", "/hooks/")):
        return CONTENT_TYPE, json.dumps(problem_details(status, text)).encode()
    if path.startswith("/o/"):
        with translation.override(settings.LANGUAGE_CODE):
            page = render_to_string("error.html", {"status": status, "message": text})
        return "text/html; charset=utf-8", page.encode()
    return "text/plain; charset=utf-8", text.encode()
