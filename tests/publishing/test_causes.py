"""A file that is refused is told its own cause, and what only looks strange is taken."""

import struct
import zlib
from io import BytesIO

import pytest

from foundation.errors import Invalid
from publishing.media import file_inspection
from tests import media


def refused(content: bytes) -> str:
    with pytest.raises(Invalid) as invalid:
        file_inspection.inspect_file(BytesIO(content))
    return invalid.value.fields["file"][0]


def beside(png: bytes, name: bytes, body: bytes) -> bytes:
    """The same PNG with one more chunk before its pixels."""
    chunk = struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return png[:33] + chunk + png[33:]


LONG = zlib.compress(b"a" * 3_000_000)


@pytest.mark.parametrize(
    "content",
    [
        beside(media.picture(), b"zTXt", b"note\0\0" + LONG),
        beside(media.picture(), b"iTXt", b"note\0\1\0\0\0" + LONG),
        beside(media.picture(), b"tEXt", b"note\0" + b"a" * 3_000_000),
        beside(media.picture(), b"iCCP", b"profile\0\0" + LONG),
        beside(media.picture(), b"eXIf", b"no such thing"),
        media.picture("JPEG", exif=b"Exif\0\0no such thing"),
        media.picture("WEBP", exif=b"no such thing"),
    ],
    ids=["zTXt", "iTXt", "tEXt", "iCCP", "png exif", "jpeg exif", "webp exif"],
)
def test_what_stands_beside_the_pixels_does_not_matter(content: bytes) -> None:
    found = file_inspection.inspect_file(BytesIO(content))
    assert (found.width, found.height) == (40, 30)
    kept = file_inspection.strip_position(BytesIO(content), found).read()
    assert file_inspection.inspect_file(BytesIO(kept)) == found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (media.bomb(16_320, 12_240), "16,320 × 12,240 pixels; at most 50 million"),
        (media.bomb(30_000, 30_000), "30,000 × 30,000 pixels; at most 50 million"),
        (media.bomb(20_000, 10), "20,000 × 10 pixels; at most 16,384 on a side"),
        (media.box(b"ftyp", b"M4A \0\0\0\0M4A mp42"), "video"),
        (media.video().replace(b"vide", b"soun").replace(b"vmhd", b"smhd"), "no moving picture"),
    ],
    ids=["phone of 200 million pixels", "bomb", "long", "no track", "only sound"],
)
def test_each_cause_has_its_own_sentence(content: bytes, said: str) -> None:
    assert said in refused(content)
