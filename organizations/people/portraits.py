"""A person's picture as it is kept: a small upright square, drawn anew, so that nothing else in the file stays."""

import io

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from foundation.errors import Invalid
from foundation.files.pictures import BROKEN, plain
from foundation.texts.numbers import spelt_number

SIDE = 256  # pixels: the largest face of a page, on the sharpest screen, and room for a larger one
MOST_BYTES = 10_000_000
MOST_PIXELS = 30_000_000  # as many as are decoded here at once; a small file may claim to be an enormous picture
LEAST_SIDE = 16
FORMATS = ("JPEG", "PNG", "WEBP")
ABOVE_THE_MIDDLE = (0.5, 0.3)  # where the face of somebody who stands is
QUALITY = 85


def portrait(content: bytes) -> bytes:
    """A WebP of SIDE × SIDE pixels from a JPEG, PNG or WebP, the middle of it. Raises Invalid (picture)."""
    if len(content) > MOST_BYTES:
        raise refused(_("Choose a picture of at most 10 MB."))
    try:
        with Image.open(plain(io.BytesIO(content)), formats=FORMATS) as image:
            check_size(*image.size)
            return drawn(image)
    except UnidentifiedImageError:
        raise refused(_("Choose a JPEG, PNG or WebP picture.")) from None
    except BROKEN:
        raise refused(_("The picture is damaged or cut off. Save it anew and try again.")) from None


def check_size(width: int, height: int) -> None:
    """Before a single pixel is decoded."""
    if min(width, height) < LEAST_SIDE:
        raise refused(_("Choose a picture of at least %s pixels on each side.") % spelt_number(LEAST_SIDE))
    if width * height > MOST_PIXELS:
        raise refused(_("Choose a picture of at most %s million pixels.") % spelt_number(MOST_PIXELS // 1_000_000))


def drawn(image: Image.Image) -> bytes:
    image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is decoded that much smaller at once
    mode = "RGBA" if image.has_transparency_data else "RGB"
    shown = ImageOps.exif_transpose(smaller(image if image.mode == mode else image.convert(mode)))
    square = ImageOps.fit(shown, (SIDE, SIDE), centering=ABOVE_THE_MIDDLE)
    square.info.clear()  # or WebP would keep the notes
    out = io.BytesIO()
    square.save(out, "WEBP", quality=QUALITY)
    return out.getvalue()


def smaller(image: Image.Image) -> Image.Image:
    """Of as many pixels as are needed, before it is copied again and again."""
    part = 2 * SIDE / min(image.size)
    return image.resize((round(image.width * part), round(image.height * part))) if part < 1 else image


def refused(sentence: str) -> Invalid:
    return Invalid({"picture": [sentence]})
