"""What a file really is, read from its own bytes, whatever its name says. Pure; reads headers, decodes no pixels."""

from dataclasses import dataclass

JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # the markers that carry the size
JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length


@dataclass(frozen=True, slots=True)
class Image:
    kind: str  # png, jpeg, webp
    width: int
    height: int


def read_image(content: bytes) -> Image | None:
    """The kind and size of a whole PNG, JPEG or WebP; None for anything else, a broken one included."""
    for read in (read_png, read_jpeg, read_webp):
        if (found := read(content)) and found.width and found.height:
            return found
    return None


def read_png(content: bytes) -> Image | None:
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR" or content[-8:-4] != b"IEND":
        return None
    return Image("png", read_big_endian(content[16:20]), read_big_endian(content[20:24]))


def read_jpeg(content: bytes) -> Image | None:
    if content[:3] != b"\xff\xd8\xff" or not content.rstrip(b"\0").endswith(b"\xff\xd9"):
        return None
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker in JPEG_FRAMES:
            return Image("jpeg", read_big_endian(content[at + 7 : at + 9]), read_big_endian(content[at + 5 : at + 7]))
        at += 2 if marker in JPEG_BARE else 1 if marker == 0xFF else 2 + read_big_endian(content[at + 2 : at + 4])
    return None


def read_webp(content: bytes) -> Image | None:
    whole = len(content) == read_little_endian(content[4:8]) + 8
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or not whole or len(content) < 30:
        return None
    form = content[12:16]
    if form == b"VP8X":
        return Image("webp", read_little_endian(content[24:27]) + 1, read_little_endian(content[27:30]) + 1)
    if form == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        return Image("webp", read_little_endian(content[26:28]) & 0x3FFF, read_little_endian(content[28:30]) & 0x3FFF)
    if form == b"VP8L" and content[20] == 0x2F:
        bits = read_little_endian(content[21:25])
        return Image("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    return None


def read_big_endian(part: bytes) -> int:
    return int.from_bytes(part, "big")


def read_little_endian(part: bytes) -> int:
    return int.from_bytes(part, "little")
