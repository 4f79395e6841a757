"""Pictures as somebody brought them: what they are called, and handing them out again."""

import unicodedata
from pathlib import PurePath

from django.http import HttpResponseBase
from django.utils.http import content_disposition_header

from foundation.errors import NotFound
from foundation.files.inline import shown
from publishing.models import Asset

LONGEST_NAME = 150  # characters
SUFFIXES = {
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif", ".hif"),
    "image/avif": (".avif",),
}


def own_name(given: str, content_type: str) -> str:
    """The name that a file came with, without what cannot be seen in it, and never that of another kind of file."""
    whole = "".join(sign for sign in PurePath(given.replace("\\", "/")).name if unicodedata.category(sign)[0] != "C")
    whole = whole.lstrip(". ")
    name, suffix = PurePath(whole).stem.strip(), PurePath(whole).suffix
    known = SUFFIXES[content_type]
    if suffix.lower() not in known:
        name, suffix = whole.strip(), known[0]
    return f"{name[:LONGEST_NAME] or 'original'}{suffix}"


def download(asset: Asset) -> HttpResponseBase:
    """To be kept, never to be shown in a page. Raises NotFound where there is none."""
    original = asset.came_as
    if original is None:
        raise NotFound
    kept_as = content_disposition_header(True, original.name) or "attachment"
    return shown(original.file, original.content_type, disposition=kept_as)
