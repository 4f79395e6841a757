"""What a logo really is, read from its own bytes, whatever its name says. It is kept and served as it came."""

import io
from dataclasses import dataclass

from PIL import Image

from foundation.errors import Invalid
from foundation.files.picture_decoding import DECODE_ERRORS, decode_whole_picture, png_chunks, strip_png_chunks

LOGO_SIDES = range(16, 4097)  # pixels; so at most 17 million of them are decoded
FORMATS = ("PNG", "JPEG", "WEBP")
KINDS = {"PNG": "png", "JPEG": "jpeg", "MPO": "jpeg", "WEBP": "webp"}


@dataclass(frozen=True, slots=True)
class LogoPicture:
    kind: str  # png, jpeg, webp
    width: int
    height: int


def inspect_logo(content: bytes) -> LogoPicture:
    """Raises Invalid (logo) for anything but a whole PNG, JPEG or WebP with nothing behind it, of a moderate size."""
    file = strip_png_chunks(io.BytesIO(content))
    try:
        with Image.open(file, formats=FORMATS) as image:
            width, height = image.size
            kind = KINDS[image.format or ""]
        if not ends_as(kind, content):
            raise EOFError
        require_logo_size(width, height)
        decode_whole_picture(file, FORMATS)
    except DECODE_ERRORS:
        raise Invalid({"logo": ["Choose a PNG, JPEG or WebP picture."]}) from None
    return LogoPicture(kind, width, height)


def ends_as(kind: str, content: bytes) -> bool:
    """Whether the picture ends where the file does: what stands behind it no decoder reads, and may be another file."""
    if kind == "png":
        return [(name, end) for name, _at, end in png_chunks(content)][-1:] == [(b"IEND", len(content))]
    if kind == "jpeg":
        return content.rstrip(b"\0").endswith(b"\xff\xd9")
    return len(content) == int.from_bytes(content[4:8], "little") + 8


def require_logo_size(width: int, height: int) -> None:
    """Before a single pixel is decoded: a small file may claim to be an enormous picture."""
    if width not in LOGO_SIDES or height not in LOGO_SIDES:
        raise Invalid({"logo": ["Choose a picture of 16 to 4,096 pixels on each side."]})
