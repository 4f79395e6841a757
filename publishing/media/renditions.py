"""What is kept of a file that somebody brings: as it leaves, in copies for networks that do not take it so, as it came.

Nothing is stored here, and no database asked.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from foundation.errors import Invalid
from networks.contract import Media, MediaKind, MediaLimit
from networks.registry import adapter_classes
from publishing.limits import format_bytes
from publishing.media.file_inspection import (
    MOST_PICTURE_BYTES,
    FileInfo,
    convert_copies,
    file_refusal,
    heif_content_type,
    inspect_file,
    strip_position,
)

READ_SIZE = 1_048_576


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file as it is to be stored."""

    content: IO[bytes]
    found: FileInfo
    sha256: str
    size: int

    def stored_as(self, name: str) -> Media:
        found = self.found
        return Media(
            name,
            found.kind,
            found.content_type,
            self.size,
            self.sha256,
            found.width,
            found.height,
            found.seconds,
        )


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """What is kept of one file. Of a video nothing but what leaves; an original may be the very same bytes as that."""

    first: KeptFile
    renditions: Sequence[KeptFile] = ()
    original: KeptFile | None = None

    @property
    def is_unchanged(self) -> bool:
        return self.original is not None and self.original.sha256 == self.first.sha256


def receive_file(file: IO[bytes]) -> ReceivedFile:
    """Whatever leaves tells no place. A photo that no network takes as it came leaves as its best copy that one takes.

    Raises Invalid (file), Busy.
    """
    if kind := heif_content_type(file):
        return receive_heif(file, kind)
    found = inspect_file(file)
    if found.kind == MediaKind.VIDEO:
        return ReceivedFile(build_kept_file(strip_position(file, found), found))
    original, first = build_kept_file(file, found), build_kept_file(strip_position(file, found), found)
    if found.kind != MediaKind.IMAGE:
        return ReceivedFile(first, (), original)
    limits = photo_limits()
    lacking = [limit for limit in limits if not limit.takes(first.stored_as(""))]
    if len(lacking) < len(limits):
        return ReceivedFile(first, spare_copies(file, lacking), original)
    return pick_best_copy(make_kept_copies(file, limits), original)


def receive_heif(file: IO[bytes], kind: str) -> ReceivedFile:
    found = convert_copies(file, photo_limits())
    original = build_kept_file(file, FileInfo(MediaKind.IMAGE, kind, found.width, found.height))
    return pick_best_copy([keep_without_position(copy) for copy in found.copies], original)


def pick_best_copy(copies: Sequence[KeptFile], original: KeptFile) -> ReceivedFile:
    if not copies:
        raise file_refusal(_("No network takes such a file from here."))
    return ReceivedFile(copies[0], copies[1:], original)


def spare_copies(file: IO[bytes], limits: Sequence[MediaLimit]) -> list[KeptFile]:
    """For networks that do not take it as others do: where none can be made, those say what they do not take."""
    try:
        return make_kept_copies(file, limits) if limits else []
    except Invalid:
        return []


def make_kept_copies(file: IO[bytes], limits: Sequence[MediaLimit]) -> list[KeptFile]:
    return [keep_without_position(copy) for copy in convert_copies(file, limits).copies]


def keep_without_position(copy: IO[bytes]) -> KeptFile:
    found = inspect_file(copy)
    return build_kept_file(strip_position(copy, found), found)


def build_kept_file(content: IO[bytes], found: FileInfo) -> KeptFile:
    """With its SHA-256 and its length, read piece by piece. Raises Invalid (file) where it is too long."""
    most, digest, size = most_bytes(found.kind), hashlib.sha256(), 0
    content.seek(0)
    while piece := content.read(READ_SIZE):
        digest.update(piece)
        size += len(piece)
        if size > most:
            raise file_refusal(too_large_message(most))
    content.seek(0)
    return KeptFile(content, found, digest.hexdigest(), size)


def too_large_message(most: int) -> str:
    if not most:
        return _("No network takes such a file from here.")
    return _("The file is too large: no network takes more than %s.") % format_bytes(most)


def photo_limits() -> list[MediaLimit]:
    """Of all networks, each once, the most generous first."""
    found = [adapter.capabilities.media.get(MediaKind.IMAGE) for adapter in adapter_classes()]
    return sorted(dict.fromkeys(filter(None, found)), key=lambda limit: -limit.most_bytes)


def most_bytes(kind: MediaKind | None = None) -> int:
    """The largest file that is taken, of that kind or at all; a photo may be more than a network takes."""
    taken = [
        (one, limit.most_bytes) for adapter in adapter_classes() for one, limit in adapter.capabilities.media.items()
    ]
    photos = [(one, max(most, MOST_PICTURE_BYTES)) if one == MediaKind.IMAGE else (one, most) for one, most in taken]
    return max((most for one, most in photos if kind in (None, one)), default=0)
