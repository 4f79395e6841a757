"""Pages: a whole request goes to Django in a pool of threads, and the whole answer comes back.

A page thread waits for no client, neither before nor after: its answer is complete when it lets go of it, in memory, in
a temporary file, or as the open file that the page wants sent. An export that breaks is an error, not a shorter export.
"""

import asyncio
import contextlib
import contextvars
import io
import os
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from wsgiref.util import FileWrapper

from a2wsgi.wsgi import build_environ
from django.conf import settings

from foundation.files.disk_space import is_storage_full
from socialops.door.request_bodies import MOST_IN_MEMORY, BodyRefused, RequestBody, file_pool

CHUNK_SIZE = 32_768
PRACTICE_PATH = "/sandbox/"
BROKEN_HEADER = "x-practice", "broken"  # a practice network, and nobody else, breaks its answer off
NO_ROOM_MESSAGE = "There is no room left on this server for the answer. What you may have changed by this is kept."
page_pool = ThreadPoolExecutor(max_workers=settings.WEB_THREADS, thread_name_prefix="page")
Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass
class PageAnswer:
    status: int
    headers: list[tuple[str, str]]
    file: IO[bytes]
    length: int
    in_memory: bool

    @property
    def is_broken(self) -> bool:
        return any((name.lower(), value) == BROKEN_HEADER for name, value in self.headers)


async def serve_page(
    app: Any, scope: Any, body: RequestBody, receive: Callable[[], Awaitable[Any]], send: Send
) -> None:
    """Raises Refused before anything of the answer was sent."""
    environ: dict[str, Any] = {**build_environ(scope, body.file)}  # type: ignore[arg-type]  # a whole file is read as its body is
    environ.pop("HTTP_TRANSFER_ENCODING", None)  # it is whole now, and its length known
    environ.update({"CONTENT_LENGTH": str(body.size), "wsgi.file_wrapper": FileWrapper, "wsgi.input_terminated": True})
    context = contextvars.copy_context()
    answer = await asyncio.get_running_loop().run_in_executor(page_pool, lambda: context.run(run_wsgi, app, environ))
    try:
        breaks_off = scope["path"].startswith(PRACTICE_PATH) and answer.is_broken
        await send_answer(answer, scope["method"], receive, send, breaks_off=breaks_off)
    finally:
        answer.file.close()


def run_wsgi(app: Any, environ: dict[str, Any]) -> PageAnswer:
    """In a page thread: the whole of what Django says."""
    begun: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        begun[:] = [int(status.split(" ", 1)[0]), headers]

    chunks = app(environ, start_response)
    try:
        file, length = reopen_file(chunks, begun[1]) or spool_answer(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close:
            close()
    return PageAnswer(
        begun[0], begun[1], file, length, isinstance(file, SpooledTemporaryFile) and length <= MOST_IN_MEMORY
    )


def spool_answer(chunks: Iterable[bytes]) -> tuple[IO[bytes], int]:
    spool: Any = SpooledTemporaryFile(max_size=MOST_IN_MEMORY)  # noqa: SIM115 - closed once it was sent
    try:
        for piece in chunks:
            spool.write(piece)
        length = spool.tell()
        spool.seek(0)
    except BaseException as error:
        with contextlib.suppress(OSError):  # it tries once more what did not fit
            spool.close()
        if is_storage_full(error):
            raise BodyRefused(507, NO_ROOM_MESSAGE) from error
        raise
    return spool, length


def reopen_file(chunks: Any, headers: list[tuple[str, str]]) -> tuple[IO[bytes], int] | None:
    """A file of its own for what the page wants sent, so that the page itself can be done. None where it is no file."""
    if not isinstance(chunks, FileWrapper):
        return None
    try:
        number = os.dup(chunks.filelike.fileno())
    except (AttributeError, io.UnsupportedOperation):
        return None
    file = os.fdopen(number, "rb")
    file.seek(chunks.filelike.tell())  # the system's place is ahead of it by what was read in advance
    declared = next((value for name, value in headers if name.lower() == "content-length"), "")
    return file, int(declared) if declared.isdigit() else os.fstat(number).st_size - file.tell()


async def send_answer(
    answer: PageAnswer, method: str, receive: Callable[[], Awaitable[Any]], send: Send, *, breaks_off: bool
) -> None:
    """At the pace of the reader, who is given up by the connection when they take nothing for long."""
    headers = [
        (name.strip().lower().encode("latin-1"), value.strip().encode("latin-1")) for name, value in answer.headers
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if breaks_off:
        return  # the server drops the connection
    left = 0 if method == "HEAD" else answer.length
    if left <= CHUNK_SIZE:
        piece = await read_chunk(answer, left)
        await send({"type": "http.response.body", "body": piece, "more_body": False})
        return
    leaving = asyncio.ensure_future(wait_for_disconnect(receive))
    try:
        while left and not leaving.done() and (piece := await read_chunk(answer, min(left, CHUNK_SIZE))):
            left -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": left > 0})
    finally:
        leaving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await leaving


async def read_chunk(answer: PageAnswer, size: int) -> bytes:
    if answer.in_memory or not size:
        return answer.file.read(size)
    return await asyncio.get_running_loop().run_in_executor(file_pool, answer.file.read, size)


async def wait_for_disconnect(receive: Callable[[], Awaitable[Any]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
