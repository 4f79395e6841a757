"""A person's picture as it is kept: a small upright square, drawn anew, so that nothing else in the file stays."""

import io

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from foundation.errors import Invalid
from foundation.files.picture_decoding import DECODE_ERRORS, strip_png_chunks
from foundation.texts.number_format import format_number

PORTRAIT_SIDE = 256  # pixels: the largest face of a page, on the sharpest screen, and room for a larger one
MOST_PORTRAIT_BYTES = 10_000_000
MOST_PIXELS = 30_000_000  # as many as are decoded here at once; a small file may claim to be an enormous picture
LEAST_SIDE = 16
FORMATS = ("JPEG", "PNG", "WEBP")
ABOVE_THE_MIDDLE = (0.5, 0.3)  # where the face of somebody who stands is
QUALITY = 85


def render_portrait(content: bytes) -> bytes:
    """A WebP of SIDE × SIDE pixels from a JPEG, PNG or WebP, the middle of it. Raises Invalid (picture)."""
    if len(content) > MOST_PORTRAIT_BYTES:
        raise picture_error(_("Choose a picture of at most 10 MB."))
    try:
        with Image.open(strip_png_chunks(io.BytesIO(content)), formats=FORMATS) as image:
            require_picture_size(*image.size)
            return draw_square(image)
    except UnidentifiedImageError:
        raise picture_error(_("Choose a JPEG, PNG or WebP picture.")) from None
    except DECODE_ERRORS:
        raise picture_error(_("The picture is damaged or cut off. Save it anew and try again.")) from None


def require_picture_size(width: int, height: int) -> None:
    """Before a single pixel is decoded."""
    if min(width, height) < LEAST_SIDE:
        raise picture_error(_("Choose a picture of at least %s pixels on each side.") % format_number(LEAST_SIDE))
    if width * height > MOST_PIXELS:
        raise picture_error(
            _("Choose a picture of at most %s million pixels.") % format_number(MOST_PIXELS // 1_000_000)
        )


def draw_square(image: Image.Image) -> bytes:
    image.draft("RGB", (2 * PORTRAIT_SIDE, 2 * PORTRAIT_SIDE))  # a JPEG is decoded that much smaller at once
    mode = "RGBA" if image.has_transparency_data else "RGB"
    shown = ImageOps.exif_transpose(shrink_image(image if image.mode == mode else image.convert(mode)))
    square = ImageOps.fit(shown, (PORTRAIT_SIDE, PORTRAIT_SIDE), centering=ABOVE_THE_MIDDLE)
    square.info.clear()  # or WebP would keep the notes
    out = io.BytesIO()
    square.save(out, "WEBP", quality=QUALITY)
    return out.getvalue()


def shrink_image(image: Image.Image) -> Image.Image:
    """Of as many pixels as are needed, before it is copied again and again."""
    part = 2 * PORTRAIT_SIDE / min(image.size)
    return image.resize((round(image.width * part), round(image.height * part))) if part < 1 else image


def picture_error(sentence: str) -> Invalid:
    return Invalid({"picture": [sentence]})
