"""Pictures as somebody brought them: what they are called, and handing them out again."""

import unicodedata
from pathlib import PurePath

from django.http import HttpResponseBase
from django.utils.http import content_disposition_header

from foundation.errors import NotFound
from foundation.files.file_responses import serve_stored_file
from publishing.models import Asset

LONGEST_NAME = 150  # characters
KNOWN_SUFFIXES = {
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif", ".hif"),
    "image/avif": (".avif",),
}


def clean_original_name(given: str, content_type: str) -> str:
    """The name that a file came with, without what cannot be seen in it, and never that of another kind of file."""
    whole = "".join(sign for sign in PurePath(given.replace("\\", "/")).name if unicodedata.category(sign)[0] != "C")
    whole = whole.lstrip(". ")
    name, suffix = PurePath(whole).stem.strip(), PurePath(whole).suffix
    known = KNOWN_SUFFIXES[content_type]
    if suffix.lower() not in known:
        name, suffix = whole.strip(), known[0]
    return f"{name[:LONGEST_NAME] or 'original'}{suffix}"


def original_response(asset: Asset) -> HttpResponseBase:
    """To be kept, never to be shown in a page. Raises NotFound where there is none."""
    original = asset.came_as
    if original is None:
        raise NotFound
    kept_as = content_disposition_header(True, original.name) or "attachment"
    return serve_stored_file(original.file, original.content_type, disposition=kept_as)
