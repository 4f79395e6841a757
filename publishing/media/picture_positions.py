"""Takes out of a picture where it was taken, and touches nothing else: not one pixel changes. Pure."""

import re
import struct
import zlib
from collections.abc import Callable, Iterator

from foundation.files.picture_decoding import TEXT_CHUNKS, ChunkSpan, png_chunks
from publishing.media.picture_notes import has_city_code, has_place_note, without_gps

_EXIF = b"Exif\0\0"
_XMP = (b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0")
_IPTC = b"Photoshop 3.0\0"
_APP1, _APP13 = 0xE1, 0xED
_SCAN = 0xDA  # here the picture itself begins
_PICTURE = re.compile(rb"\xff\xd8\xff[\xe0-\xef]")  # never within the pixels of another
_MOST_NOTE = 1_000_000  # bytes, unpacked; a longer one that may tell the place goes as a whole


def without_position(content: bytes, content_type: str) -> bytes:
    """The same file without a place in its notes."""
    ways: dict[str, Callable[[bytes], bytes]] = {
        "image/jpeg": jpeg_without_position,
        "image/png": png_without_position,
        "image/webp": webp_without_position,
        "image/gif": gif_without_position,
    }
    return ways[content_type](content)


def jpeg_without_position(jpeg: bytes) -> bytes:
    """Of all the pictures in it: phones keep a second one behind the first."""
    kept = bytearray(jpeg)
    found = [span for start in _PICTURE.finditer(jpeg) for span in note_segments(jpeg, start.start())]
    has_note = has_place_note(b"".join(jpeg[at:end] for kind, at, end in found if kind == b"XMP"))
    for kind, at, end in found:
        if kind == b"EXIF":
            kept[at:end] = without_gps(bytes(kept[at:end]))
        elif (kind == b"XMP" and has_note) or (kind == b"IPTC" and has_city_code(jpeg[at:end])):
            kept[at:end] = bytes(end - at)
    return bytes(kept)


def note_segments(jpeg: bytes, at: int) -> Iterator[ChunkSpan]:
    """The bodies of the notes before the picture that begins `at`; of XMP and IPTC what stands behind their names."""
    at += 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != _SCAN:
        body, end = at + 4, min(at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big"), len(jpeg))
        name = next((name for name in (*_XMP, _IPTC) if jpeg.startswith(name, body)), b"")
        if jpeg[at + 1] == _APP1 and jpeg.startswith(_EXIF, body):
            yield b"EXIF", body, end
        elif jpeg[at + 1] == _APP1 and name in _XMP:
            yield b"XMP", body + len(name), end
        elif jpeg[at + 1] == _APP13 and name == _IPTC:
            yield b"IPTC", body + len(name), end
        at = max(end, body)


def png_without_position(png: bytes) -> bytes:
    kept, done = [], 0
    for kind, at, end in png_chunks(png):
        body = png[at + 8 : end - 4]
        other: bytes | None = body
        if kind == b"eXIf":
            other = without_gps(body)
        elif kind in TEXT_CHUNKS:
            other = note_without_position(kind, body)
        if other != body:
            kept += [png[done:at], b"" if other is None else build_chunk(kind, other)]
            done = end
    return b"".join([*kept, png[done:]])


def note_without_position(kind: bytes, body: bytes) -> bytes | None:
    """A text chunk that may stay, changed where it holds EXIF; None for one that goes."""
    keyword, _, rest = body.partition(b"\0")
    text = unpack_note(kind, rest)
    if keyword in (b"Raw profile type exif", b"Raw profile type APP1"):
        return profile_without_position(keyword, kind, body, text)
    if text is None:
        return None if keyword.startswith((b"XML:", b"Raw profile")) else body
    if keyword.startswith(b"Raw profile"):
        raw = decode_hex(text)
        return None if has_place_note(raw) or has_city_code(raw) else body
    return None if has_place_note(text) else body


def profile_without_position(keyword: bytes, kind: bytes, body: bytes, text: bytes | None) -> bytes | None:
    """EXIF in hexadecimal digits, as ImageMagick keeps it."""
    raw = b"" if text is None else decode_hex(text)
    if not raw.startswith(_EXIF):
        return None
    other = without_gps(raw)
    if other == raw:
        return body
    profile = keyword[len("Raw profile type ") :] + b"\n%8d\n" % len(other) + other.hex().encode() + b"\n"
    return keyword + b"\0\0" + zlib.compress(b"\n" + profile) if kind == b"zTXt" else keyword + b"\0\n" + profile


def decode_hex(text: bytes) -> bytes:
    digits = b"".join(text.split()[2:])
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        return b""


def unpack_note(kind: bytes, rest: bytes) -> bytes | None:
    """The text behind the keyword, unpacked; None where it cannot be, or is longer than any that is read."""
    if kind == b"iTXt":
        packed, rest = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[-1]
    else:
        packed, rest = kind == b"zTXt", rest[1:] if kind == b"zTXt" else rest
    if not packed:
        return rest
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(rest, _MOST_NOTE)
    except zlib.error:
        return None
    return None if unpacking.unconsumed_tail else text


def build_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def webp_without_position(webp: bytes) -> bytes:
    kept, at = bytearray(webp), 12
    while at + 8 <= len(webp):
        kind, length = webp[at : at + 4], int.from_bytes(webp[at + 4 : at + 8], "little")
        start, end = at + 8, min(at + 8 + length, len(webp))
        if kind == b"EXIF":
            kept[start:end] = without_gps(webp[start:end])
        elif kind == b"XMP " and has_place_note(webp[start:end]):
            kept[start:end] = b" " * (end - start)
        at += 8 + length + length % 2
    return bytes(kept)


def gif_without_position(gif: bytes) -> bytes:
    """What an application left in it about the place goes as a whole."""
    kept, done = [], 0
    for at, end in gif_extensions(gif):
        if has_place_note(gif[at:end]):
            kept.append(gif[done:at])
            done = end
    return b"".join([*kept, gif[done:]])


def gif_extensions(gif: bytes) -> Iterator[tuple[int, int]]:
    at = 13 + colour_table_length(gif, 10)
    while at + 1 < len(gif):
        if gif[at] == 0x21:
            end = end_of_blocks(gif, at + 2)
            yield at, end
            at = end
        elif gif[at] == 0x2C and at + 10 < len(gif):
            at = end_of_blocks(gif, at + 11 + colour_table_length(gif, at + 9))
        else:
            return


def colour_table_length(gif: bytes, flags: int) -> int:
    """The length of the table of colours that these flags announce."""
    return 3 * 2 ** ((gif[flags] & 7) + 1) if gif[flags] & 0x80 else 0


def end_of_blocks(gif: bytes, at: int) -> int:
    while at < len(gif) and gif[at]:
        at += gif[at] + 1
    return min(at + 1, len(gif))
