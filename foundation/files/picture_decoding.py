"""What whoever decodes pictures needs: what breaks over a broken one, and a PNG without what has no bounds."""

import io
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import IO

from PIL import Image

Image.MAX_IMAGE_PIXELS = None  # Pillow's own bound has no words for people; look at the size before decoding anything
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt")
UNBOUNDED_CHUNKS = (*TEXT_CHUNKS, b"iCCP")
# What Pillow raises for bytes that only begin like a picture.
DECODE_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
    zlib.error,
)

ChunkSpan = tuple[bytes, int, int]  # what it is, where it begins, where it ends


def strip_png_chunks(file: IO[bytes], unseen: Sequence[bytes] = UNBOUNDED_CHUNKS) -> IO[bytes]:
    """A picture to be looked at: a PNG without its notes and its colour profile, whose length has bounds in Pillow."""
    file.seek(0)
    is_png = file.read(len(PNG_SIGNATURE)) == PNG_SIGNATURE
    file.seek(0)
    if not is_png:
        return file
    content = file.read()
    kept, done = [], 0
    for kind, at, end in png_chunks(content):
        if kind in unseen:
            kept.append(content[done:at])
            done = end
    return io.BytesIO(b"".join([*kept, content[done:]]))


def decode_whole_picture(file: IO[bytes], formats: tuple[str, ...]) -> None:
    """Raises one of DECODE_ERRORS unless all of it is there; of what moves only the first picture is decoded.

    Look at its size before. Each of the two looks needs the file from its beginning.
    """
    file.seek(0)
    with Image.open(file, formats=formats) as image:
        image.verify()
    file.seek(0)
    with Image.open(file, formats=formats) as image:
        image.load()


def png_chunks(png: bytes) -> Iterator[ChunkSpan]:
    at = 8
    while at + 12 <= len(png):
        end = at + 12 + int.from_bytes(png[at : at + 4], "big")
        if end > len(png):
            return
        yield png[at + 4 : at + 8], at, end
        if png[at + 4 : at + 8] == b"IEND":
            return
        at = end
