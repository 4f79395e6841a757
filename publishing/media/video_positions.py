"""Finds in an MP4 or MOV file where it was taken, as the bytes to be written over it; nothing in the file moves.

Reads headers and what lies in `moov` only: a video may be as large as it likes.
"""

import os
import struct
from collections.abc import Iterator
from typing import IO

from publishing.media.picture_notes import has_place_note

_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_PLACES = (b"\xa9xyz", b"loci")
_CONTAINERS = (b"moov", b"udta", b"trak", b"meta")
_MOST_BOXES = 10_000
_MOST_NOTE = 8_000_000  # bytes

Box = tuple[bytes, int, int]  # its name, where its body begins, where it ends


def position_overwrites(file: IO[bytes]) -> list[tuple[int, bytes]]:
    """[(where, what to write there)]"""
    end = file.seek(0, os.SEEK_END)
    return [(at, bytes(length)) for at, length in find_positions(file, 0, end) if length]


def find_positions(file: IO[bytes], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where something tells the place, and how long it is."""
    keys: list[bytes] = []
    for name, body, until in read_boxes(file, start, end):
        if name in _PLACES:
            yield body, until - body
        elif name == b"keys":
            keys = read_keys(file, body, until)
        elif name == b"ilst":
            yield from find_position_values(file, body, until, keys)
        elif name in (b"uuid", b"XMP_"):
            yield from find_xmp_positions(file, name, body, until)
        elif name in _CONTAINERS:
            yield from find_positions(
                file, body + (4 if name == b"meta" and is_versioned_meta(file, body) else 0), until
            )


def find_position_values(file: IO[bytes], start: int, end: int, keys: list[bytes]) -> Iterator[tuple[int, int]]:
    """Apple names its values in a list of keys, and counts from 1."""
    for name, body, until in read_boxes(file, start, end):
        number = int.from_bytes(name, "big")
        if name == b"\xa9xyz" or (0 < number <= len(keys) and b"location" in keys[number - 1].lower()):
            yield from ((at + 8, to - at - 8) for kind, at, to in read_boxes(file, body, until) if kind == b"data")


def read_keys(file: IO[bytes], start: int, end: int) -> list[bytes]:
    return [read_bytes_at(file, body, until) for _name, body, until in read_boxes(file, start + 8, end)]


def find_xmp_positions(file: IO[bytes], name: bytes, body: int, until: int) -> Iterator[tuple[int, int]]:
    start = body + 16 if name == b"uuid" else body
    if (name == b"XMP_" or read_bytes_at(file, body, start) == _XMP) and has_place_note(
        read_bytes_at(file, start, until)
    ):
        yield start, until - start


def is_versioned_meta(file: IO[bytes], body: int) -> bool:
    """Whether a `meta` begins with a version, as in MP4, or at once with its first box, as in QuickTime."""
    return read_bytes_at(file, body + 4, body + 8) != b"hdlr"


def read_boxes(file: IO[bytes], start: int, end: int) -> Iterator[Box]:
    for _box in range(_MOST_BOXES):
        head = read_bytes_at(file, start, min(start + 16, end))
        if len(head) < 8:
            return
        length, body = int.from_bytes(head[:4], "big"), start + 8
        if length == 1 and len(head) == 16:
            length, body = struct.unpack(">Q", head[8:])[0], start + 16
        until = start + length if length else end
        if not body <= until <= end:
            return
        yield head[4:8], body, until
        start = until


def read_bytes_at(file: IO[bytes], start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(max(0, min(end - start, _MOST_NOTE)))
