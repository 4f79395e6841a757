"""Small copies of pictures, for where they are only to be recognised."""

import io
from collections.abc import Iterable

from PIL import Image, ImageOps

from networks.contract import MediaKind
from publishing.composing.threads import Attached
from publishing.media.files import FORMATS
from publishing.models import Asset

MOST = 4
LONGEST_SIDE = 520  # as wide as our e-mails
QUALITY = 80


def pictures_of(files: Iterable[Attached]) -> list[tuple[bytes, str]]:
    """The first few pictures among `files`, small, as (JPEG, description). What is gone from the disk is left out."""
    shown = [one for one in files if one.media.kind != MediaKind.VIDEO][:MOST]
    assets = Asset.objects.in_bulk([one.asset for one in shown])
    small = [(smaller(assets[one.asset]), one.media.alt_text) for one in shown if one.asset in assets]
    return [(content, alt) for content, alt in small if content]


def smaller(asset: Asset) -> bytes:
    """A JPEG of it, upright, nothing of its notes in it; of what moves the first picture. Empty where it is gone."""
    try:
        with asset.file.open("rb") as file, Image.open(file, formats=FORMATS) as image:
            image.draft("RGB", (2 * LONGEST_SIDE, 2 * LONGEST_SIDE))  # a JPEG is decoded that much smaller at once
            shown = ImageOps.exif_transpose(image)
            shown.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            out = io.BytesIO()
            on_white(shown).save(out, "JPEG", quality=QUALITY)
    except FileNotFoundError:
        return b""
    return out.getvalue()


def on_white(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    seen_through = image.convert("RGBA")
    white = Image.new("RGB", seen_through.size, "white")
    white.paste(seen_through, mask=seen_through.getchannel("A"))
    return white
