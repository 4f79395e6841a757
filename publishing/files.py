"""What a file really is: read from its own bytes, whatever its name or its sender says. No database, no storage.

Pictures are decoded here, within bounds; videos are looked into by a process of its own (probe.py).
"""

import io
import json
import os
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils.translation import gettext as _
from PIL import Image

from networks.contract import MediaKind
from publishing.positions import without_position
from socialops.lib.errors import Invalid

MOST_PIXELS = 50_000_000  # as many as are decoded here at once, to see that a picture is whole
LONGEST_SIDE = 16_384
MOST_PICTURE_BYTES = 64_000_000
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
PICTURES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")  # of MP4 and of QuickTime files older than `ftyp`
PROBE = str(Path(__file__).with_name("probe.py"))
MOST_MILLISECONDS = 1_000_000_000
BARE = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "LANG") if name in os.environ}  # no secrets
PROBE_SECONDS = 5  # of the processor; a video of 512 MB takes far less
ON_ITS_SIDE = range(5, 9)  # of the values that EXIF has for the orientation
_ORIENTATION = 0x0112
# What Pillow raises for bytes that only begin like a picture.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a file is. Width and height as it is shown, turned as it asks to be."""

    kind: MediaKind
    content_type: str
    width: int
    height: int
    seconds: float | None = None


def read(file: IO[bytes]) -> Found:
    """Raises Invalid (file) with a sentence for anything but a whole picture or video of a kind we know."""
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    if not head:
        raise refused(_("The file is empty."))
    if head.startswith(MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        check_length(file)
        return read_picture(file)
    if head[4:8] in FIRST_BOXES:
        return read_video(file)
    raise refused(_("Choose a JPEG, PNG, GIF or WebP picture, or an MP4 or MOV video."))


def read_picture(file: IO[bytes]) -> Found:
    with whole(), Image.open(file, formats=FORMATS) as image:
        check_size(image)
        content_type = PICTURES[image.format or ""]
        moves = content_type != "image/jpeg" and getattr(image, "is_animated", False)
        turned = image.getexif().get(_ORIENTATION) in ON_ITS_SIDE
    if moves and content_type != "image/gif":
        raise refused(_("A PNG or WebP that moves stands still on the networks. Save it as a GIF or as a video."))
    decode(file, ends=content_type == "image/gif")
    width, height = image.size[::-1] if turned else image.size
    return Found(MediaKind.GIF if moves else MediaKind.IMAGE, content_type, width, height)


def check_length(file: IO[bytes]) -> None:
    """Some pictures are read into memory as a whole; no network takes any that comes near to this."""
    length = file.seek(0, os.SEEK_END)
    file.seek(0)
    if length > MOST_PICTURE_BYTES:
        raise refused(_("The picture is too large: no network takes it."))


def check_size(image: Image.Image) -> None:
    """Before a single pixel is decoded: a small file may claim to be an enormous picture."""
    width, height = image.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        facts = {"width": width, "height": height, "most": MOST_PIXELS // 1_000_000}
        raise refused(_("The picture is %(width)d × %(height)d pixels; at most %(most)d million are taken.") % facts)


def decode(file: IO[bytes], *, ends: bool) -> None:
    """Raises Invalid unless all of it is there. Each look needs the file from its beginning.

    Of what moves only the first picture is decoded; that it `ends` where it should tells that the others are there.
    """
    with whole():
        file.seek(0)
        if ends and not file.read().rstrip(b"\0").endswith(b";"):
            raise EOFError
        file.seek(0)
        with Image.open(file, formats=FORMATS) as image:
            image.verify()
        file.seek(0)
        with Image.open(file, formats=FORMATS) as image:
            image.load()


def cleaned(file: IO[bytes], found: Found) -> IO[bytes]:
    """The file as it is kept: a photo without the place where it was taken, anything else as it came."""
    file.seek(0)
    if found.content_type != "image/jpeg":
        return file
    with whole(), Image.open(file, formats=FORMATS) as image:
        exif = image.getexif()
        file.seek(0)
        return io.BytesIO(without_position(file.read(), exif))


@contextmanager
def whole() -> Iterator[None]:
    try:
        yield
    except _BROKEN:
        raise refused(_("The picture is damaged or cut off. Save it anew and try again.")) from None


def read_video(file: IO[bytes]) -> Found:
    """The picture track of an MP4 or MOV file; its sound does not matter here."""
    general, track = tracks_of(file)
    width, height, lasts = (number(given) for given in (track.get("width"), track.get("height"), general["duration"]))
    if general["format"] != "MPEG-4" or not (width and height and lasts):
        raise refused(_("The video is damaged, or no MP4 or MOV file that can be shown."))
    if track["format"] != "AVC":
        known = {"codec": str(track["format"] or _("unknown"))[:40]}
        raise refused(_("The video is coded as %(codec)s. Save it as H.264, which every network takes.") % known)
    if general["istruncated"] == "Yes":
        raise refused(_("The video is cut off. Save it anew and try again."))
    content_type = "video/quicktime" if "QuickTime" in (general["format_profile"] or "") else "video/mp4"
    if number(track["rotation"]) in (90, 270):
        width, height = height, width
    return Found(MediaKind.VIDEO, content_type, round(width), round(height), lasts / 1000)


def number(given: Any) -> float:
    """What the probe tells as one; 0 for what is none, or none that a video could have."""
    try:
        found = float(given)
    except (TypeError, ValueError):
        return 0.0
    return found if 0 < found < MOST_MILLISECONDS else 0.0


def tracks_of(file: IO[bytes]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the probe tells of the whole and of its first moving picture, which may lack."""
    file.seek(0)
    command = [sys.executable, "-I", PROBE, str(PROBE_SECONDS)]
    try:
        with on_disk(file) as source:
            done = subprocess.run(  # noqa: S603 - our own program, and nothing that came with the file
                command, stdin=source, env=BARE, capture_output=True, timeout=PROBE_SECONDS * 3, check=True
            )
        found = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        found = []
    if not found:
        raise refused(_("The video is damaged, or no MP4 or MOV file that can be shown."))
    return found[0], found[1] if len(found) > 1 else {}


@contextmanager
def on_disk(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The file as another process can read it, from its beginning: a large upload lies on the disk already."""
    if isinstance(file, TemporaryUploadedFile):
        with open(file.temporary_file_path(), "rb") as same:
            yield same
        return
    with TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        yield copy


def refused(sentence: str) -> Invalid:
    return Invalid({"file": [sentence]})
