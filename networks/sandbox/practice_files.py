"""Files that are brought to the practice networks: kept in our storage, shown by one entry, forgotten with it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from shutil import copyfileobj
from tempfile import TemporaryFile

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now

from foundation.texts.ids import parse_number
from networks.contract import MediaKind
from networks.sandbox.models import Account, Entry, Upload
from networks.sandbox.snowflake_ids import new_id_number

UPLOAD_LIFETIME = timedelta(hours=24)
PROCESSING_TIMES = {
    MediaKind.VIDEO: timedelta(seconds=3),
    MediaKind.GIF: timedelta(seconds=1),
}  # how long, once it is whole
_LONGEST_ID = 30
_MAGIC_BYTES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


class UnusableFile(Exception):
    """The bytes are not what was announced."""


class UploadUsed(Exception):
    """Another post shows it already."""


@transaction.atomic
def begin_upload(account: Account, *, kind: MediaKind, content_type: str, size: int, alt_text: str = "") -> Upload:
    """Announces a file. What nobody will see any more goes at the same time."""
    delete_uploads(Upload.objects.filter(entry=None, expires_at__lt=now()))
    at = now()
    return Upload.objects.create(
        network=account.network,
        remote_id=str(new_id_number(at)),
        account=account,
        kind=kind,
        content_type=content_type,
        size=size,
        alt_text=alt_text,
        created_at=at,
        expires_at=at + UPLOAD_LIFETIME,
    )


def add_segment(upload: Upload, index: int, segment: "File[bytes]") -> None:
    """The same one again takes the place of the one before."""
    name = segment_name(upload, index)
    default_storage.delete(name)
    default_storage.save(name, segment)


def close_upload(upload: Upload) -> Upload:
    """Puts the segments together. Raises Unusable for a picture that is none; a video shows that later."""
    with TemporaryFile() as whole:
        for name in segment_names(upload):
            with default_storage.open(name) as segment:
                copyfileobj(segment, whole)
        return store_upload(upload, File(whole))


def store_upload(upload: Upload, whole: "File[bytes]") -> Upload:
    """Takes the whole file. Raises Unusable."""
    whole.seek(0)
    found = detect_content_type(whole.read(16))
    whole.seek(0)
    is_other = not found or (upload.kind == MediaKind.VIDEO) is not found.startswith("video/")
    if whole.size != upload.size or (is_other and upload.kind != MediaKind.VIDEO):
        raise UnusableFile
    wait = PROCESSING_TIMES.get(MediaKind(upload.kind))
    upload.is_broken = is_other
    upload.content_type = found or upload.content_type
    upload.ready_at = now() + wait if wait else None
    upload.file = default_storage.save(storage_name(upload), whole)
    for name in segment_names(upload):
        default_storage.delete(name)
    upload.save(update_fields=["is_broken", "content_type", "ready_at", "file"])
    return upload


@transaction.atomic
def describe_upload(upload: Upload, alt_text: str) -> None:
    Upload.objects.filter(pk=upload.pk).update(alt_text=alt_text)


def attach_uploads(entry: Entry, uploads: Sequence[Upload]) -> None:
    """Raises Used when somebody was faster."""
    for place, upload in enumerate(uploads):
        unused = Upload.objects.filter(pk=upload.pk, used_at=None)
        if not unused.update(used_at=now(), entry=entry, place=place):
            raise UploadUsed


def usable_uploads(account: Account, remote_ids: Iterable[str]) -> dict[str, Upload]:
    """Those of the ids that a post of the account may show now. What is no id is none of them."""
    ids = [one for one in remote_ids if parse_number(one, digits=_LONGEST_ID) is not None]
    whole = account.uploads.filter(remote_id__in=ids, used_at=None, is_broken=False, expires_at__gt=now())
    ready = whole.exclude(file="").filter(Q(ready_at=None) | Q(ready_at__lte=now()))
    return {one.remote_id: one for one in ready}


def delete_uploads(rows: QuerySet[Upload]) -> None:
    """The files go once this is committed."""
    gone = list(rows)
    names = [name for one in gone for name in (one.file, *segment_names(one)) if name]
    Upload.objects.filter(pk__in=[one.pk for one in gone]).delete()
    for name in names:
        transaction.on_commit(lambda name=name: default_storage.delete(name), robust=True)  # type: ignore[misc]  # the name of this turn


def segment_names(upload: Upload) -> Iterator[str]:
    """Those that are there without a gap, from the first on."""
    index = 0
    while default_storage.exists(name := segment_name(upload, index)):
        yield name
        index += 1


def storage_name(upload: Upload) -> str:
    return f"sandbox/{upload.organization_id}/{upload.remote_id}"


def segment_name(upload: Upload, index: int) -> str:
    return f"{storage_name(upload)}.{index}"


def detect_content_type(head: bytes) -> str:
    """What a file is, told by its first bytes; empty where it is none of those that the networks take."""
    if head[4:8] == b"ftyp":
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _MAGIC_BYTES.items() if head.startswith(start)), "")
