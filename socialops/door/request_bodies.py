"""Bodies, taken in on the event loop until they are whole: how large and how slow each may be depends on where it goes.

A body that breaks off is an error, never a shorter body: half a text must not be taken for the text.
"""

import asyncio
import contextlib
import io
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings

from foundation.files.disk_space import is_storage_full
from networks.incoming.push_size import MAX_PUSH_BYTES
from networks.registry import manifests
from publishing.media.uploads import most_body_bytes

MOST_IN_MEMORY = 65_536  # bytes of a body; what is longer goes to the disk
MOST_PLAIN = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
MIB = 1_048_576
file_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="files")  # a slow disk must not hold up the loop

Receive = Callable[[], Awaitable[Any]]


class ClientLeft(OSError):
    """The body ended before its time."""


class BodyRefused(Exception):
    """A body that is not taken in; the message is for people."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class BodyBounds:
    """`within` seconds for any body at all, and one more for each `rate` bytes of it."""

    most: int
    within: float
    rate: int
    strangers: int = MOST_PLAIN  # bytes that are taken in before anybody has shown who they are


SMALL_BODY = BodyBounds(most=131_072, within=10, rate=16_384)
PUSH_BODY = BodyBounds(
    most=MAX_PUSH_BYTES, within=10, rate=65_536, strangers=MAX_PUSH_BYTES
)  # its signature says who sent it
FORM_BODY = BodyBounds(most=MOST_PLAIN, within=20, rate=16_384)
FILE_BODY = BodyBounds(most=32 * MIB, within=20, rate=32_768)
# A practice network has tokens of its own.
PRACTICE_BODY = BodyBounds(
    most=32 * MIB, within=20, rate=32_768, strangers=32 * MIB if settings.SANDBOX else MOST_PLAIN
)
MEDIA_BODY = BodyBounds(most=most_body_bytes(), within=30, rate=65_536)
BODY_ROUTES: tuple[tuple[re.Pattern[str], BodyBounds], ...] = tuple(
    (re.compile(shape), bounds)
    for shape, bounds in (
        (r"/hooks/", PUSH_BODY),
        (r"/accounts/|/join/", SMALL_BODY),
        (r"/o/[-\w]+/media/$|/api/v1/media/$", MEDIA_BODY),
        (
            r"/o/[-\w]+/settings/(logo|you/picture|people/invite/list)/$|/api/v1/imports/$|/o/[-\w]+/(imports|compose)/",
            FILE_BODY,
        ),
        (rf"/sandbox/({'|'.join(one.network for one in manifests())})/", PRACTICE_BODY),
    )
)
_on_disk = 0  # bytes, of all bodies that are on their way in


def find_body_bounds(path: str) -> BodyBounds:
    return next((bounds for shape, bounds in BODY_ROUTES if shape.match(path)), FORM_BODY)


class RequestBody:
    """What has come in so far: in memory while it is short, then in a file."""

    def __init__(self) -> None:
        self.size = 0
        self.file: IO[bytes] = io.BytesIO()
        self.is_on_disk = False

    async def add(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size <= MOST_IN_MEMORY:
            self.file.write(piece)
            return
        claim_disk_space(len(piece) if self.is_on_disk else self.size)
        try:
            await asyncio.get_running_loop().run_in_executor(file_pool, self.write, piece)
        except OSError as error:
            if is_storage_full(error):
                raise BodyRefused(507, "There is no room left on this server for this. Nothing was changed.") from None
            raise BodyRefused(503, "This cannot be taken in at the moment. Nothing was changed; try again.") from None

    def write(self, piece: bytes) -> None:
        if not self.is_on_disk:
            whole = TemporaryFile()  # noqa: SIM115 - closed once the page has read it
            whole.write(self.file.getvalue())  # type: ignore[attr-defined]  # in memory by then
            self.file, self.is_on_disk = whole, True
        self.file.write(piece)
        self.file.flush()  # or the last piece would fail where nobody asks, on the loop

    def close(self) -> None:
        global _on_disk
        if self.size > MOST_IN_MEMORY:
            _on_disk = max(0, _on_disk - self.size)
        with contextlib.suppress(OSError):  # it tries once more what did not fit
            self.file.close()


def claim_disk_space(size: int) -> None:
    global _on_disk
    _on_disk += size
    if _on_disk > settings.WEB_SPOOL_MB * MIB:
        raise BodyRefused(503, "Too much is on its way in at the moment. Nothing was changed; try again in a minute.")


async def receive_body(
    receive: Receive, headers: dict[bytes, bytes], bounds: BodyBounds, is_known: Callable[[], Awaitable[bool]]
) -> RequestBody:
    """The whole body, rewound. Raises Refused and ClientLeft; then nothing of it is kept."""
    body = RequestBody()
    declared = headers.get(b"content-length", b"")
    if not declared and b"transfer-encoding" not in headers:
        return body
    announced = int(declared) if declared.isdigit() and len(declared) < 19 else 0
    try:
        await require_size(announced, bounds, is_known)
        await fill_body(body, receive, bounds, is_known)
    except BaseException:
        body.close()
        raise
    body.file.seek(0)
    return body


async def fill_body(
    body: RequestBody, receive: Receive, bounds: BodyBounds, is_known: Callable[[], Awaitable[bool]]
) -> None:
    loop = asyncio.get_running_loop()
    began, more, known = loop.time(), True, False
    try:
        async with asyncio.timeout(bounds.within) as limit:
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientLeft
                piece, more = message["body"], message["more_body"]
                if not known and body.size + len(piece) > bounds.strangers:
                    await require_size(body.size + len(piece), bounds, is_known)
                    known = True
                elif body.size + len(piece) > bounds.most:
                    raise BodyRefused(413, too_large_body(bounds))
                await body.add(piece)
                limit.reschedule(began + bounds.within + body.size / bounds.rate)
    except TimeoutError:
        raise BodyRefused(408, "This did not arrive in time. Nothing was changed; try again.") from None


async def require_size(size: int, bounds: BodyBounds, is_known: Callable[[], Awaitable[bool]]) -> None:
    if size > bounds.most:
        raise BodyRefused(413, too_large_body(bounds))
    if size > bounds.strangers and not await is_known():
        raise BodyRefused(401, "Sign in before you send a file of this size. Nothing was changed.")


def too_large_body(bounds: BodyBounds) -> str:
    most = f"{bounds.most // MIB} MB" if bounds.most >= MIB else f"{bounds.most // 1024} KB"
    return f"This is larger than the {most} that can be taken in here. Nothing was changed."
