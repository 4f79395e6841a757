"""What a file really is: read from its own bytes, whatever its name or its sender says. No database, no storage.

Pictures are decoded here, within bounds; videos are looked into by a process of its own (probe.py).
"""

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import IO, Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils.translation import gettext as _
from PIL import Image

from foundation.errors import AppError, Invalid
from foundation.files.picture_decoding import DECODE_ERRORS, TEXT_CHUNKS, decode_whole_picture, strip_png_chunks
from foundation.texts.number_format import format_numbers
from networks.contract import MediaKind, MediaLimit
from publishing.limits import NARROWEST_SIDE, format_bytes
from publishing.media.picture_positions import without_position
from publishing.media.video_positions import position_overwrites

MOST_PIXELS = 50_000_000  # as many as are decoded here at once, to see that a picture is whole
LONGEST_SIDE = 16_384
MOST_PICTURE_BYTES = 64 * 1_048_576
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
PICTURE_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
}
PICTURE_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
HEIF_BRANDS = (
    b"heic",
    b"heix",
    b"heim",
    b"heis",
    b"hevc",
    b"hevx",
    b"mif1",
    b"msf1",
    b"avif",
    b"avis",
)  # brands of pictures
FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")  # of MP4 and of QuickTime files older than `ftyp`
PROBE = str(Path(__file__).with_name("video_probe.py"))
CONVERSION = str(Path(__file__).with_name("conversion.py"))
CONVERSION_SECONDS = 30  # of the processor, for as many pixels as are taken
LONGEST_WAIT = 20  # seconds, for one of these turns
_CONVERSION_SLOTS = BoundedSemaphore(2)
MOST_MILLISECONDS = 1_000_000_000
BARE_ENVIRONMENT = {
    name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "LANG") if name in os.environ
}  # no secrets
PROBE_SECONDS = 5  # of the processor; a video of 512 MB takes far less
TOO_LARGE, ANIMATED = 3, 4  # how conversion.py ends
SIDEWAYS_ORIENTATIONS = range(5, 9)  # of the values that EXIF has for the orientation
_ORIENTATION = 0x0112


class ConversionBusy(AppError):
    """As many pictures as may be are worked on; nothing was wrong with this one."""

    status = 503


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What a file is. Width and height as it is shown, turned as it asks to be."""

    kind: MediaKind
    content_type: str
    width: int
    height: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ConvertedCopies:
    """Copies of a picture that networks take, and its size as it is shown."""

    copies: list[IO[bytes]]
    width: int
    height: int


def heif_content_type(file: IO[bytes]) -> str:
    """The kind of a HEIC or AVIF picture, which is not looked at here and which no network takes; empty for others."""
    file.seek(0)
    head = file.read(64)
    file.seek(0)
    if head[4:8] != b"ftyp" or head[8:12] not in HEIF_BRANDS:
        return ""
    return "image/avif" if b"avif" in head or b"avis" in head else "image/heic"


def convert_copies(file: IO[bytes], limits: Sequence[MediaLimit]) -> ConvertedCopies:
    """What of a still picture fits `limits`, the largest first: the same for several where it can be.

    Upright, with its colours and its notes. What cannot be made small enough to fit is left out. Raises Invalid, Busy.
    """
    kind = heif_content_type(file).rpartition("/")[2].upper()
    check_picture_length(file)
    wanted = json.dumps([[limit.most_bytes, sorted(limit.content_types), limit.widest] for limit in limits])
    bounds = (CONVERSION_SECONDS, MOST_PIXELS, LONGEST_SIDE, NARROWEST_SIDE)
    command = [sys.executable, "-I", CONVERSION, *map(str, bounds), wanted]
    try:
        with conversion_slot(), file_on_disk(strip_png_chunks(file, TEXT_CHUNKS)) as source:
            done = subprocess.run(  # noqa: S603 - our own program, and nothing that came with the file
                command, stdin=source, env=BARE_ENVIRONMENT, capture_output=True, timeout=CONVERSION_SECONDS * 3
            )
    except subprocess.TimeoutExpired:
        raise file_refusal(conversion_failure(kind)) from None
    if done.returncode == TOO_LARGE:
        check_picture_size(*map(int, done.stdout.split()))
    if done.returncode == ANIMATED:
        raise file_refusal(animation_refusal())
    if done.returncode or not done.stdout:
        raise file_refusal(conversion_failure(kind))
    return parse_conversion(io.BytesIO(done.stdout))


@contextmanager
def conversion_slot() -> Iterator[None]:
    """Each program may take nearly a gigabyte, so that only a few run at once. Raises Busy."""
    if not _CONVERSION_SLOTS.acquire(timeout=LONGEST_WAIT):
        raise ConversionBusy(_("Many photos are being made smaller right now. Try again in a minute."))
    try:
        yield
    finally:
        _CONVERSION_SLOTS.release()


def parse_conversion(answer: IO[bytes]) -> ConvertedCopies:
    """What the program said, as its own words tell."""
    width, height = json.loads(answer.readline())
    copies: list[IO[bytes]] = []
    while length := answer.read(8):
        copies.append(io.BytesIO(answer.read(int.from_bytes(length, "big"))))
    return ConvertedCopies(copies, width, height)


def conversion_failure(kind: str) -> str:
    if not kind:
        return _("The picture is too large for the networks, and no smaller copy can be made of it here.")
    return _("The %(kind)s picture is damaged, or cannot be converted here. Save it as a JPEG and try again.") % {
        "kind": kind
    }


def animation_refusal() -> str:
    return _("A PNG, WebP or AVIF that moves stands still on the networks. Save it as a GIF or as a video.")


def inspect_file(file: IO[bytes]) -> FileInfo:
    """Raises Invalid (file) with a sentence for anything but a whole picture or video of a kind we know."""
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    if not head:
        raise file_refusal(_("The file is empty."))
    if head.startswith(PICTURE_MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        check_picture_length(file)
        return inspect_picture(file)
    if head[4:8] in FIRST_BOXES:
        return inspect_video(file)
    raise file_refusal(_("Choose a JPEG, PNG, GIF, WebP, HEIC or AVIF picture, or an MP4 or MOV video."))


def inspect_picture(file: IO[bytes]) -> FileInfo:
    file = strip_png_chunks(file)
    with refuse_broken_picture(), Image.open(file, formats=FORMATS) as image:
        check_picture_size(*image.size)
        content_type = PICTURE_TYPES[image.format or ""]
        moves = content_type != "image/jpeg" and getattr(image, "is_animated", False)
        turned = is_sideways(image)
    if moves and content_type != "image/gif":
        raise file_refusal(animation_refusal())
    decode_picture(file, ends=content_type == "image/gif")
    width, height = image.size[::-1] if turned else image.size
    return FileInfo(MediaKind.GIF if moves else MediaKind.IMAGE, content_type, width, height)


def is_sideways(image: Image.Image) -> bool:
    """Whether it is shown on its side. Notes that cannot be read say nothing."""
    try:
        return image.getexif().get(_ORIENTATION) in SIDEWAYS_ORIENTATIONS
    except DECODE_ERRORS:
        return False


def check_picture_length(file: IO[bytes]) -> None:
    """Pictures are read into memory as a whole, to be looked at and to be made smaller."""
    length = file.seek(0, os.SEEK_END)
    file.seek(0)
    if length > MOST_PICTURE_BYTES:
        raise file_refusal(_("The picture is too large: at most %s are taken.") % format_bytes(MOST_PICTURE_BYTES))


def check_picture_size(width: int, height: int) -> None:
    """Before a single pixel is decoded: a small file may claim to be an enormous picture."""
    facts = {"width": width, "height": height, "most": MOST_PIXELS // 1_000_000, "longest": LONGEST_SIDE}
    if max(width, height) > LONGEST_SIDE and width * height <= MOST_PIXELS:
        raise file_refusal(
            _("The picture is %(width)s × %(height)s pixels; at most %(longest)s on a side are taken.")
            % format_numbers(facts)
        )
    if width * height > MOST_PIXELS:
        raise file_refusal(
            _("The picture is %(width)s × %(height)s pixels; at most %(most)s million are taken.")
            % format_numbers(facts)
        )


def decode_picture(file: IO[bytes], *, ends: bool) -> None:
    """Raises Invalid unless all of it is there: of what moves, that it `ends` where it should."""
    with refuse_broken_picture():
        file.seek(0)
        if ends and not file.read().rstrip(b"\0").endswith(b";"):
            raise EOFError
        decode_whole_picture(file, FORMATS)


def strip_position(file: IO[bytes], found: FileInfo) -> IO[bytes]:
    """The file as it is kept: without the place where it was taken, in everything else as it came."""
    file.seek(0)
    if found.kind != MediaKind.VIDEO:
        return io.BytesIO(without_position(file.read(), found.content_type))
    for at, blank in position_overwrites(file):
        file.seek(at)
        file.write(blank)
    file.seek(0)
    return file


@contextmanager
def refuse_broken_picture() -> Iterator[None]:
    try:
        yield
    except DECODE_ERRORS:
        raise file_refusal(_("The picture is damaged or cut off. Save it anew and try again.")) from None


def inspect_video(file: IO[bytes]) -> FileInfo:
    """The picture track of an MP4 or MOV file; its sound does not matter here."""
    general, track = probe_tracks(file)
    if not track and general["count_of_audio_streams"]:
        raise file_refusal(_("There is no moving picture in this file. Choose an MP4 or MOV video."))
    width, height, lasts = (
        parse_probe_number(given) for given in (track.get("width"), track.get("height"), general["duration"])
    )
    if general["format"] != "MPEG-4" or not (width and height and lasts):
        raise file_refusal(_("The video is damaged, or no MP4 or MOV file that can be shown."))
    if track["format"] != "AVC":
        known = {"codec": str(track["format"] or _("unknown"))[:40]}
        raise file_refusal(_("The video is coded as %(codec)s. Save it as H.264, which every network takes.") % known)
    if general["istruncated"] == "Yes":
        raise file_refusal(_("The video is cut off. Save it anew and try again."))
    content_type = "video/quicktime" if "QuickTime" in (general["format_profile"] or "") else "video/mp4"
    if parse_probe_number(track["rotation"]) in (90, 270):
        width, height = height, width
    return FileInfo(MediaKind.VIDEO, content_type, round(width), round(height), lasts / 1000)


def parse_probe_number(given: Any) -> float:
    """What the probe tells as one; 0 for what is none, or none that a video could have."""
    try:
        found = float(given)
    except (TypeError, ValueError):
        return 0.0
    return found if 0 < found < MOST_MILLISECONDS else 0.0


def probe_tracks(file: IO[bytes]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the probe tells of the whole and of its first moving picture, which may lack."""
    file.seek(0)
    command = [sys.executable, "-I", PROBE, str(PROBE_SECONDS)]
    try:
        with file_on_disk(file) as source:
            done = subprocess.run(  # noqa: S603 - our own program, and nothing that came with the file
                command, stdin=source, env=BARE_ENVIRONMENT, capture_output=True, timeout=PROBE_SECONDS * 3, check=True
            )
        found = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        found = []
    if not found:
        raise file_refusal(_("The video is damaged, or no MP4 or MOV file that can be shown."))
    return found[0], found[1] if len(found) > 1 else {}


@contextmanager
def file_on_disk(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The file as another process can read it, from its beginning: a large upload lies on the disk already."""
    if isinstance(file, TemporaryUploadedFile):
        with open(file.temporary_file_path(), "rb") as same:
            yield same
        return
    with TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        yield copy


def file_refusal(sentence: str) -> Invalid:
    return Invalid({"file": [sentence]})
