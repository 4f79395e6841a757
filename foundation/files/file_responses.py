"""Handing out a stored file, inside a page or to be kept, as the kind that its bytes told and nothing else."""

from typing import IO

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponseBase

from foundation.errors import NotFound


def open_stored_file(name: str | None) -> IO[bytes]:
    """The stored file of that name, for whoever was found to be allowed. Raises NotFound where there is none."""
    if not name:
        raise NotFound
    try:
        return default_storage.open(name, "rb")
    except FileNotFoundError:
        raise NotFound from None


def serve_stored_file(name: str | None, content_type: str, *, disposition: str = "inline") -> HttpResponseBase:
    """Hands it out whole. Raises NotFound."""
    return sandbox_response(FileResponse(open_stored_file(name), content_type=content_type), disposition=disposition)


def sandbox_response(answer: HttpResponseBase, *, disposition: str = "inline") -> HttpResponseBase:
    """Whatever else the file might be, it runs nothing."""
    answer["Content-Disposition"] = disposition
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
