"""Makes of the picture on standard input those copies that networks take, a JPEG or a PNG each, on standard output.

Run as a program of its own, never imported: what decodes pictures is large, and a file made on purpose takes only
this process with it. One of more pixels than are taken ends it with 3, its size printed, before any is decoded.

It is told what each copy may be, the largest first: [most bytes, [content types], [width, height] in pixels or null].
What a copy before already fits is not made again, and what would be too narrow not at all. It answers with a line of
JSON, [width, height] as the picture is shown, and behind it the copies, each behind its length in eight bytes.
"""

import io
import json
import resource
import struct
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

from pi_heif import options, register_heif_opener
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

MOST_MEMORY = 2_000_000_000
TOO_LARGE, ANIMATED = 3, 4
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "HEIF", "AVIF")
SaveFormat = tuple[str, str, dict[str, int]]  # content type, format, how it is saved
JPEG: list[SaveFormat] = [("image/jpeg", "JPEG", {"quality": quality}) for quality in (92, 85, 75)]
PNG: list[SaveFormat] = [("image/png", "PNG", {"compress_level": 3})]
LONGEST_EXIF = 65_000  # of a JPEG
LONGEST_PROFILE = 16_000_000
MOST_OF_PNG = 8_000_000  # pixels: more takes long, and hardly ever fits
SHRINK_FACTOR = 0.9  # how much smaller each try is than what should fit
_ORIENTATION = 0x0112
_SPACES = {"L": b"GRAY", "LA": b"GRAY", "RGB": b"RGB ", "RGBA": b"RGB "}  # the profiles that fit their pixels
# What Pillow raises for notes and profiles that only begin like such.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
    ImageCms.PyCMSError,
)


class CopyLimit(NamedTuple):
    most_bytes: int
    types: list[str]
    widest: list[int] | None
    narrowest: int


class PictureCopy(NamedTuple):
    content: bytes
    content_type: str
    size: tuple[int, int]


def main(seconds: int, most_pixels: int, longest: int, narrowest: int, wanted: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    if sys.platform == "linux":  # elsewhere it cannot be lowered
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    Image.MAX_IMAGE_PIXELS = None  # ours are told first
    PngImagePlugin.MAX_TEXT_CHUNK = LONGEST_PROFILE
    options.DECODE_THREADS = 1
    register_heif_opener(thumbnails=False)
    image: Image.Image = Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=FORMATS)
    if image.width * image.height > most_pixels or max(image.size) > longest:
        sys.stdout.write("{} {}".format(*image.size))
        sys.exit(TOO_LARGE)
    if image.format == "AVIF" and getattr(image, "is_animated", False):
        sys.exit(ANIMATED)
    turned = turn_upright(image)
    notes = exif_without_orientation(image)
    shown, profile = convert_colours(turned)
    shown.info.clear()  # nothing goes along but what is named
    sys.stdout.buffer.write(json.dumps(shown.size).encode() + b"\n")
    limits = [CopyLimit(most, types, widest, narrowest) for most, types, widest in json.loads(wanted)]
    for copy in make_copies(shown, {"exif": notes, "icc_profile": profile}, limits):
        sys.stdout.buffer.write(len(copy.content).to_bytes(8, "big") + copy.content)


def make_copies(shown: Image.Image, beside: dict[str, Any], limits: list[CopyLimit]) -> Iterator[PictureCopy]:
    made: list[PictureCopy] = []
    for limit in limits:
        copy = None if any(fits_limit(one, limit) for one in made) else make_fitting_copy(shown, beside, limit)
        if copy:
            made.append(copy)
            yield copy


def fits_limit(copy: PictureCopy, limit: CopyLimit) -> bool:
    return (
        len(copy.content) <= limit.most_bytes
        and copy.content_type in limit.types
        and scale_of(copy.size, limit.widest) == 1
    )


def make_fitting_copy(shown: Image.Image, beside: dict[str, Any], limit: CopyLimit) -> PictureCopy | None:
    """Coarser, then smaller, always made from the whole picture; None where nothing that fits would show it."""
    scale, ways = scale_of(shown.size, limit.widest), save_formats_for(shown, limit.types)
    if ways == PNG:
        scale = min(scale, (MOST_OF_PNG / shown.width / shown.height) ** 0.5)
    while ways:
        size = tuple(max(1, int(side * scale)) for side in shown.size)
        if size != shown.size and min(size) < limit.narrowest:
            return None
        smaller = shown if size == shown.size else shown.resize(size, Image.Resampling.LANCZOS, reducing_gap=2)
        for content_type, form, how in ways:
            out = io.BytesIO()
            smaller.save(out, form, **how, **beside)
            if out.tell() <= limit.most_bytes:
                return PictureCopy(out.getvalue(), content_type, smaller.size)
        scale *= SHRINK_FACTOR * min(1, (limit.most_bytes / out.tell()) ** 0.5)
    return None


def save_formats_for(shown: Image.Image, types: list[str]) -> list[SaveFormat]:
    """A PNG where one sees through it; else a JPEG in several qualities, or a PNG where that alone is taken."""
    if "A" in shown.getbands() or "image/jpeg" not in types:
        return PNG if "image/png" in types else []
    return JPEG


def scale_of(size: tuple[int, int], widest: list[int] | None) -> float:
    """By how much it is to be made smaller, upright or on its side, to be within `widest`; 1 where it is."""
    if widest is None:
        return 1
    return min(1, *(most / side for side, most in zip(sorted(size), sorted(widest), strict=True)))


def turn_upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except _BROKEN:
        image.load()  # what is wrong with the picture itself is raised here
        return image


def exif_without_orientation(image: Image.Image) -> bytes:
    """Its EXIF without the orientation; nothing where that cannot be read, or is longer than a JPEG can hold."""
    try:
        exif = image.getexif()
        exif.pop(_ORIENTATION, None)
        notes = exif.tobytes()
    except _BROKEN:
        return b""
    return notes if len(notes) < LONGEST_EXIF else b""


def convert_colours(image: Image.Image) -> tuple[Image.Image, bytes | None]:
    """In what JPEG and PNG both hold, L or RGB, with A only where one sees through it; and the profile that fits."""
    profile = image.info.get("icc_profile")
    if image.mode == "CMYK":
        return convert_from_cmyk(image, profile), None
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    grey = image.mode in ("1", "L", "LA")
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("LA" if grey else "RGBA")
    if "A" not in image.getbands() or image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("L" if grey else "RGB")
    return image, profile if profile and profile[16:20] == _SPACES[image.mode] else None


def convert_from_cmyk(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours of ink as those of a screen."""
    try:
        ink, screen = ImageCms.ImageCmsProfile(io.BytesIO(profile or b"")), ImageCms.createProfile("sRGB")
        shown = ImageCms.profileToProfile(image, ink, screen, outputMode="RGB")
    except _BROKEN:
        shown = None
    return shown or image.convert("RGB")


if __name__ == "__main__":
    cpu_seconds, pixels, edge, least_edge = map(int, sys.argv[1:5])
    main(cpu_seconds, pixels, edge, least_edge, sys.argv[5])
