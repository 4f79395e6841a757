"""How much of a body is taken in at all, for every form and call: Django itself would write any size to the disk."""

from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest

from foundation.files.disk_space import StorageFull, catch_full_disk, storage_full_error
from publishing.media.renditions import most_bytes

OTHER_FIELDS_BYTES = 4_000_000  # the other fields of a form
LEAST_BODY_BYTES = 25_000_000


def most_body_bytes() -> int:
    """The largest file that any network takes, and what may stand beside it."""
    return max(most_bytes(), LEAST_BODY_BYTES) + OTHER_FIELDS_BYTES


def is_body_too_long(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdecimal() or int(length) > most_body_bytes()


class Bound(FileUploadHandler):
    """Refuses a body that is too long before a byte of it is read; leaves everything else to the next handlers."""

    def handle_raw_input(
        self, input_data: IO[bytes], META: dict[str, Any], content_length: int, boundary: str, encoding: Any = None
    ) -> None:
        if content_length > most_body_bytes():
            raise RequestDataTooBig("The body is longer than any file that a network takes.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """It keeps none."""


class Spooled(TemporaryFileUploadHandler):
    """In the folder for temporary files until it is taken in.

    Where that is full the file is left out and the rest of the form is read: what was typed beside it is not lost.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            with catch_full_disk():
                super().receive_data_chunk(raw_data, start)
                self.file.flush()  # or the last piece would fail where nobody asks
        except StorageFull:
            self.file.close()
            self.request.no_room = True  # type: ignore[union-attr]  # set before a view begins
            raise SkipFile from None


def require_upload_room(request: HttpRequest) -> None:
    """To be asked before a file is looked for in what was sent. Raises NoRoom."""
    if request.FILES is not None and getattr(request, "no_room", False):
        raise storage_full_error()
