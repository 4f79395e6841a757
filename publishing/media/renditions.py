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
from networks.registry import networks
from publishing.limits import spelt_bytes
from publishing.media.files import MOST_PICTURE_BYTES, Found, cleaned, copies_of, read, refused, unread_kind

PIECE = 1_048_576


@dataclass(frozen=True, slots=True)
class Kept:
    """One file as it is to be stored."""

    content: IO[bytes]
    found: Found
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
class Brought:
    """What is kept of one file. Of a video nothing but what leaves; an original may be the very same bytes as that."""

    first: Kept
    renditions: Sequence[Kept] = ()
    original: Kept | None = None

    @property
    def is_unchanged(self) -> bool:
        return self.original is not None and self.original.sha256 == self.first.sha256


def brought(file: IO[bytes]) -> Brought:
    """Whatever leaves tells no place. A photo that no network takes as it came leaves as its best copy that one takes.

    Raises Invalid (file), Busy.
    """
    if kind := unread_kind(file):
        return converted(file, kind)
    found = read(file)
    if found.kind == MediaKind.VIDEO:
        return Brought(kept(cleaned(file, found), found))
    original, first = kept(file, found), kept(cleaned(file, found), found)
    if found.kind != MediaKind.IMAGE:
        return Brought(first, (), original)
    limits = photo_limits()
    lacking = [limit for limit in limits if not limit.takes(first.stored_as(""))]
    if len(lacking) < len(limits):
        return Brought(first, spare_copies(file, lacking), original)
    return best_of(made(file, limits), original)


def converted(file: IO[bytes], kind: str) -> Brought:
    found = copies_of(file, photo_limits())
    original = kept(file, Found(MediaKind.IMAGE, kind, found.width, found.height))
    return best_of([without_place(copy) for copy in found.copies], original)


def best_of(copies: Sequence[Kept], original: Kept) -> Brought:
    if not copies:
        raise refused(_("No network takes such a file from here."))
    return Brought(copies[0], copies[1:], original)


def spare_copies(file: IO[bytes], limits: Sequence[MediaLimit]) -> list[Kept]:
    """For networks that do not take it as others do: where none can be made, those say what they do not take."""
    try:
        return made(file, limits) if limits else []
    except Invalid:
        return []


def made(file: IO[bytes], limits: Sequence[MediaLimit]) -> list[Kept]:
    return [without_place(copy) for copy in copies_of(file, limits).copies]


def without_place(copy: IO[bytes]) -> Kept:
    found = read(copy)
    return kept(cleaned(copy, found), found)


def kept(content: IO[bytes], found: Found) -> Kept:
    """With its SHA-256 and its length, read piece by piece. Raises Invalid (file) where it is too long."""
    most, seen, size = most_bytes(found.kind), hashlib.sha256(), 0
    content.seek(0)
    while piece := content.read(PIECE):
        seen.update(piece)
        size += len(piece)
        if size > most:
            raise refused(too_large(most))
    content.seek(0)
    return Kept(content, found, seen.hexdigest(), size)


def too_large(most: int) -> str:
    if not most:
        return _("No network takes such a file from here.")
    return _("The file is too large: no network takes more than %s.") % spelt_bytes(most)


def photo_limits() -> list[MediaLimit]:
    """Of all networks, each once, the most generous first."""
    found = [adapter.capabilities.media.get(MediaKind.IMAGE) for adapter in networks()]
    return sorted(dict.fromkeys(filter(None, found)), key=lambda limit: -limit.most_bytes)


def most_bytes(kind: MediaKind | None = None) -> int:
    """The largest file that is taken, of that kind or at all; a photo may be more than a network takes."""
    taken = [(one, limit.most_bytes) for adapter in networks() for one, limit in adapter.capabilities.media.items()]
    photos = [(one, max(most, MOST_PICTURE_BYTES)) if one == MediaKind.IMAGE else (one, most) for one, most in taken]
    return max((most for one, most in photos if kind in (None, one)), default=0)
