"""Pictures and videos for tests, drawn or written byte by byte."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

from networks.contract import MediaKind, MediaLimit

MIB = 1024 * 1024
IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
X_TAKES = {
    MediaKind.IMAGE: MediaLimit(4, IMAGES, 5 * MIB),
    MediaKind.GIF: MediaLimit(1, frozenset({"image/gif"}), 15 * MIB, widest=(1280, 1080)),
    MediaKind.VIDEO: MediaLimit(1, frozenset({"video/mp4", "video/quicktime"}), 512 * MIB, seconds=(0.5, 140)),
}
FACEBOOK_TAKES = {MediaKind.IMAGE: MediaLimit(10, frozenset({"image/jpeg", "image/png"}), 4 * MIB)}


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "teal", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form, **options)
    return out.getvalue()


def noise(size: tuple[int, int], form: str = "JPEG", **options: Any) -> bytes:
    """A picture that cannot be packed."""
    out = io.BytesIO()
    Image.merge("RGB", [Image.effect_noise(size, 90) for _ in range(3)]).save(out, form, **options)
    return out.getvalue()


def moving(form: str = "GIF", size: tuple[int, int] = (40, 30)) -> bytes:
    frames = [Image.new("RGB", size, colour) for colour in ("teal", "orange", "navy")]
    out = io.BytesIO()
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def photo(*, orientation: int = 6, located: bool = True) -> bytes:
    """A JPEG as a phone takes it: on its side, with its maker, its time and its place."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Phone"
    exif.get_ifd(0x8769)[0x9003] = "2026:11:01 08:00:00"
    if located:
        exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 25.0, 12.0), 3: "W", 4: (3.0, 42.0, 1.0)})
    return picture("JPEG", exif=exif)


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few bytes that claims to be enormous."""
    small = picture()
    header = small[12:16] + struct.pack(">II", width, height) + small[24:29]
    return small[:12] + header + struct.pack(">I", zlib.crc32(header)) + small[33:]


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + name + body


def full(name: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(name, struct.pack(">I", version << 24 | flags), *parts)


UNTURNED = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
TURNED = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)


def video(
    size: tuple[int, int] = (320, 180),
    seconds: float = 2.0,
    *,
    brand: bytes = b"isom",
    codec: bytes = b"avc1",
    turned: bool = False,
) -> bytes:
    """The smallest MP4 that says all that is asked of one: one picture track with one sample."""
    width, height = size
    lasts, sample = round(seconds * 1000), b"\0\0\0\1\x65"
    matrix = TURNED if turned else UNTURNED
    head = box(b"ftyp", brand, struct.pack(">I", 512), brand, b"mp41")
    config = box(b"avcC", b"\1\x42\xc0\x1e\xff\xe1\0\4\x67\x42\xc0\x1e\1\0\4\x68\xce\x3c\x80")
    look = struct.pack(">6xH16xHHII4xH32xHh", 1, width, height, 0x480000, 0x480000, 1, 24, -1)
    entry = box(codec, look, config if codec == b"avc1" else b"")

    def movie(offset: int) -> bytes:
        table = box(
            b"stbl",
            full(b"stsd", struct.pack(">I", 1), entry),
            full(b"stts", struct.pack(">III", 1, 1, lasts)),
            full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
            full(b"stsz", struct.pack(">III", 0, 1, len(sample))),
            full(b"stco", struct.pack(">II", 1, offset)),
        )
        info = box(
            b"minf",
            full(b"vmhd", b"\0" * 8, flags=1),
            box(b"dinf", full(b"dref", struct.pack(">I", 1), full(b"url ", flags=1))),
            table,
        )
        handler = full(b"hdlr", b"\0" * 4, b"vide", b"\0" * 12, b"video\0")
        media = box(b"mdia", full(b"mdhd", struct.pack(">IIIIHH", 0, 0, 1000, lasts, 0x55C4, 0)), handler, info)
        track = full(
            b"tkhd",
            struct.pack(">IIIII8xhhhxx", 0, 0, 1, 0, lasts, 0, 0, 0),
            matrix,
            struct.pack(">II", width << 16, height << 16),
            flags=3,
        )
        whole = full(
            b"mvhd",
            struct.pack(">IIIIIH10x", 0, 0, 1000, lasts, 0x10000, 0x100),
            UNTURNED,
            b"\0" * 24,
            struct.pack(">I", 2),
        )
        return box(b"moov", whole, box(b"trak", track, media))

    start = len(head) + len(movie(0)) + 8
    return head + movie(start) + box(b"mdat", sample)


def endless() -> bytes:
    """A video whose table of times claims two thousand million entries: whoever counts them is busy for a minute."""
    content = bytearray(video())
    content[content.index(b"stts") + 8] = 127
    return bytes(content)
