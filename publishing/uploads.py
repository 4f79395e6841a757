"""How much of a body is taken in at all, for every form and call: Django itself would write any size to the disk."""

from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from publishing.actions.media import most_bytes

BESIDE = 4_000_000  # the other fields of a form
AT_LEAST = 25_000_000


def most_body() -> int:
    """The largest file that any network takes, and what may stand beside it."""
    return max(most_bytes(), AT_LEAST) + BESIDE


def is_too_long(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdecimal() or int(length) > most_body()


class Bound(FileUploadHandler):
    """Refuses a body that is too long before a byte of it is read; leaves everything else to the next handlers."""

    def handle_raw_input(
        self, input_data: IO[bytes], META: dict[str, Any], content_length: int, boundary: str, encoding: Any = None
    ) -> None:
        if content_length > most_body():
            raise RequestDataTooBig("The body is longer than any file that a network takes.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return None
