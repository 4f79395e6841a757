"""A part of a file, as players ask for when somebody jumps within a video."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

_ONE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)
PIECE = 65_536


def part_of(file: IO[bytes], asked: str, size: int, content_type: str) -> HttpResponseBase | None:
    """206 with the one range that is asked for, 416 where it lies outside; None for what we do not read: all of it."""
    found = _ONE.fullmatch(asked.strip())
    if not found or not any(found.groups()):
        return None
    first, last = bounds(found[1], found[2], size)
    if first > last:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    answer = StreamingHttpResponse(pieces(file, first, last - first + 1), status=206, content_type=content_type)
    answer["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer["Content-Length"] = str(last - first + 1)
    return answer


def bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """The first and the last byte; without a first one, so many from the end."""
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def pieces(file: IO[bytes], start: int, left: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
