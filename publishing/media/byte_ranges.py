"""A part of a file, as players ask for when somebody jumps within a video."""

import re
from typing import IO

from django.http import FileResponse, HttpResponse, HttpResponseBase

_SINGLE_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


def range_response(file: IO[bytes], asked: str, size: int, content_type: str) -> HttpResponseBase | None:
    """206 with the one range that is asked for, 416 where it lies outside; None for what we do not read: all of it."""
    found = _SINGLE_RANGE.fullmatch(asked.strip())
    if not found or not any(found.groups()):
        return None
    first, last = range_bounds(found[1], found[2], size)
    if first > last:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(first)
    answer = FileResponse(FileSlice(file, last - first + 1), status=206, content_type=content_type)
    answer["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer["Content-Length"] = str(last - first + 1)
    return answer


def range_bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """The first and the last byte; without a first one, so many from the end."""
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


class FileSlice:
    """The next `left` bytes of an open file. It names the file beneath, which the web process sends from by itself."""

    def __init__(self, file: IO[bytes], left: int) -> None:
        self.file = file
        self.left = left
        self.fileno, self.tell, self.close = file.fileno, file.tell, file.close

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(piece)
        return piece
