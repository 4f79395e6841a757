"""Which files of a row the network holds already."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import BinaryIO, cast

from django.core.files.storage import default_storage

from networks.contract import Draft, Media, Uploaded
from networks.errors import Refused
from networks.models import Outgoing, Upload

UPLOAD_EXPIRY_MARGIN = timedelta(minutes=10)  # what the network forgets this soon is brought anew


def held_uploads(row: Outgoing, now: datetime) -> dict[int, Upload]:
    """{place of the file: what the network holds of it, ready or not}"""
    usable = Upload.objects.filter(outgoing=row).exclude(expires_at__lt=now + UPLOAD_EXPIRY_MARGIN)
    return {upload.place: upload for upload in usable.order_by("pk")}


def lacks_files(row: Outgoing, now: datetime) -> bool:
    """Whether files are to be brought, or waited for, before this row can be sent."""
    count = len(row.draft.get("media", ()))
    if not count:
        return False
    ready = [upload for upload in held_uploads(row, now).values() if upload.ready_at is None]
    return len(ready) < count


def attach_uploads(row: Outgoing, draft: Draft, now: datetime) -> Draft:
    """What is sent: with what the network made of its files, in their order."""
    if not draft.media:
        return draft
    return replace(draft, uploads=tuple(upload.shape for _, upload in sorted(held_uploads(row, now).items())))


def attach_all_uploads(row: Outgoing, draft: Draft) -> Draft:
    """What is looked for: with all that was ever brought for it, for any of that may be on the profile."""
    if not draft.media:
        return draft
    uploads = tuple(upload.shape for upload in Upload.objects.filter(outgoing=row))
    return replace(draft, uploads=uploads, uploads_known=row.restoration_id is None)


def store_upload(row: Outgoing, place: int, uploaded: Uploaded) -> Upload:
    return Upload.objects.create(
        outgoing=row,
        place=place,
        media_id=uploaded.media_id,
        marker=uploaded.marker,
        ready_at=uploaded.ready_at,
        expires_at=uploaded.expires_at,
    )


def expire_uploads(row: Outgoing, now: datetime) -> None:
    """All of them are brought anew: the network may have refused the row for one that it no longer holds."""
    if row.draft.get("media"):
        Upload.objects.filter(outgoing=row).update(expires_at=now)


@contextmanager
def open_stored_media(media: Media) -> Iterator[BinaryIO]:
    """The stored file. Raises Refused when it is not there any more, or is not what was approved."""
    try:
        with default_storage.open(media.name, "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != media.sha256:
                raise Refused("A file of this post is not what it was, so it was not sent.", detail=media.name)
            file.seek(0)
            yield cast(BinaryIO, file)
    except FileNotFoundError:
        raise Refused("A file of this post is no longer stored here.", detail=media.name) from None
