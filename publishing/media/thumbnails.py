"""Small copies of pictures, for where they are only to be recognised."""

import io
from collections.abc import Iterable

from PIL import Image, ImageOps

from networks.contract import MediaKind
from publishing.composing.threads import AttachedFile
from publishing.media.file_inspection import FORMATS
from publishing.models import Asset

MOST_THUMBNAILS = 4
THUMBNAIL_SIDE = 520  # as wide as our e-mails
QUALITY = 80


def make_thumbnails(files: Iterable[AttachedFile]) -> list[tuple[bytes, str]]:
    """The first few pictures among `files`, small, as (JPEG, description). What is gone from the disk is left out."""
    shown = [one for one in files if one.media.kind != MediaKind.VIDEO][:MOST_THUMBNAILS]
    assets = Asset.objects.in_bulk([one.asset for one in shown])
    small = [(make_thumbnail(assets[one.asset]), one.media.alt_text) for one in shown if one.asset in assets]
    return [(content, alt) for content, alt in small if content]


def make_thumbnail(asset: Asset) -> bytes:
    """A JPEG of it, upright, nothing of its notes in it; of what moves the first picture. Empty where it is gone."""
    try:
        with asset.file.open("rb") as file, Image.open(file, formats=FORMATS) as image:
            image.draft("RGB", (2 * THUMBNAIL_SIDE, 2 * THUMBNAIL_SIDE))  # a JPEG is decoded that much smaller at once
            shown = ImageOps.exif_transpose(image)
            shown.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
            out = io.BytesIO()
            flatten_on_white(shown).save(out, "JPEG", quality=QUALITY)
    except FileNotFoundError:
        return b""
    return out.getvalue()


def flatten_on_white(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    seen_through = image.convert("RGBA")
    white = Image.new("RGB", seen_through.size, "white")
    white.paste(seen_through, mask=seen_through.getchannel("A"))
    return white
