"""What is taken as a picture or a video: told by its bytes, whole, of a bearable size, and without where it was taken."""

import hashlib
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile
from PIL import Image

from foundation.errors import Invalid, PermissionDenied
from organizations.models import AuditEntry
from publishing.actions.assets import describe_asset, upload_asset
from publishing.media import file_inspection
from publishing.models import Asset
from tests import media
from tests.cast import Cast

PIXELS = b"\xff\xd8\xff\xe0 and no more of a picture"


def told_of(file: Any) -> tuple[str, str, int, int, float | None]:
    found = file_inspection.inspect_file(file)
    return str(found.kind), found.content_type, found.width, found.height, found.seconds


@pytest.mark.parametrize(
    ("content", "is_a"),
    [
        (media.picture("PNG"), ("image", "image/png", 40, 30, None)),
        (media.picture("JPEG"), ("image", "image/jpeg", 40, 30, None)),
        (media.picture("WEBP"), ("image", "image/webp", 40, 30, None)),
        (media.picture("GIF"), ("image", "image/gif", 40, 30, None)),
        (media.moving("GIF"), ("gif", "image/gif", 40, 30, None)),
        (media.moving("MPO"), ("image", "image/jpeg", 40, 30, None)),
        (media.photo(orientation=6), ("image", "image/jpeg", 30, 40, None)),
        (media.video(), ("video", "video/mp4", 320, 180, 2.0)),
        (media.video(brand=b"qt  "), ("video", "video/quicktime", 320, 180, 2.0)),
        (media.video(turned=True), ("video", "video/mp4", 180, 320, 2.0)),
        (media.picture() + b"<script>alert(1)</script>", ("image", "image/png", 40, 30, None)),
    ],
    ids=["png", "jpeg", "webp", "still gif", "gif", "phone", "turned photo", "mp4", "mov", "turned video", "polyglot"],
)
def test_a_file_is_what_its_bytes_say(content: bytes, is_a: tuple) -> None:
    assert told_of(BytesIO(content)) == is_a


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script>", "Choose a JPEG"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "Choose a JPEG"),
        (b"%PDF-1.7", "Choose a JPEG"),
        (b"GIF89a<script>alert(1)</script>;", "damaged"),
        (PIXELS, "damaged"),
        (media.bomb(), "30,000 × 30,000 pixels; at most 50 million"),
        (media.bomb(8_000, 9_000), "8,000 × 9,000 pixels; at most 50 million"),
        (media.picture()[:-30], "damaged"),
        (media.picture("JPEG", (300, 300))[:-600], "damaged"),
        (media.moving()[:-40], "damaged"),
        (media.moving("WEBP"), "moves stands still"),
        (media.moving("PNG"), "moves stands still"),
        (media.video()[:-3], "cut off"),
        (media.video()[:-400], "damaged"),
        (media.video(codec=b"hvc1"), "coded as HEVC"),
    ],
    ids=["empty", "html", "svg", "pdf", "html as gif", "jpeg head", "bomb", "too many pixels", "cut png", "cut jpeg", "cut gif", "moving webp", "moving png", "cut mp4", "half mp4", "hevc"],
)  # fmt: skip
def test_anything_else_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        file_inspection.inspect_file(BytesIO(content))
    assert said in refused.value.fields["file"][0]


def test_a_picture_that_is_mostly_not_one_is_not_read(monkeypatch) -> None:
    monkeypatch.setattr(file_inspection, "MOST_PICTURE_BYTES", 1000)
    with pytest.raises(Invalid, match="too large"):
        file_inspection.inspect_file(BytesIO(media.picture("WEBP") + b"\0" * 1000))


def test_a_large_video_is_read_where_it_lies() -> None:
    with TemporaryUploadedFile("a.mp4", "video/mp4", 0, None) as upload:
        upload.write(media.video())
        upload.flush()
        assert told_of(upload) == ("video", "video/mp4", 320, 180, 2.0)


def test_a_video_that_takes_for_ever_is_given_up(monkeypatch) -> None:
    monkeypatch.setattr(file_inspection, "PROBE_SECONDS", 1)
    with pytest.raises(Invalid, match="damaged"):
        file_inspection.inspect_file(BytesIO(media.endless()))


def test_a_photo_loses_the_place_and_nothing_else(cast: Cast, upload) -> None:
    given = media.photo()
    asset = upload(cast.ed, given)
    kept = asset.file.open().read()
    before, after = (Image.open(BytesIO(content)) for content in (given, kept))
    exif = after.getexif()
    assert before.getexif().get_ifd(0x8825)
    assert not exif.get_ifd(0x8825)
    assert (exif[0x0112], exif[0x010F], exif.get_ifd(0x8769)[0x9003]) == (6, "Phone", "2026:11:01 08:00:00")
    assert before.tobytes() == after.tobytes()
    assert (asset.sha256, asset.bytes) == (hashlib.sha256(kept).hexdigest(), len(kept))


def test_a_file_without_a_place_is_kept_as_it_came(cast: Cast, upload) -> None:
    for given in (media.photo(located=False), media.picture(), media.video()):
        assert upload(cast.ed, given).file.open().read() == given


def test_it_is_kept_under_a_name_that_nobody_guesses(cast: Cast, upload) -> None:
    one, two = upload(cast.ed), upload(cast.ed)
    assert one.file.name != two.file.name
    folder, organization, name = one.file.name.split("/")
    assert (folder, organization, len(name)) == ("assets", str(cast.acme.pk), 36)
    assert AuditEntry.objects.filter(verb="asset.created").count() == 2


def test_what_is_larger_than_any_network_takes_is_refused(cast: Cast, upload, settings) -> None:
    with pytest.raises(Invalid, match=r"no network takes more than 15 MB"):
        upload(cast.ed, media.moving() + b"\0" * 15 * media.MIB)
    with pytest.raises(Invalid, match=r"at most 64 MB are taken"):
        upload(cast.ed, media.picture() + b"\0" * 64 * media.MIB)
    assert not Asset.objects.exists()
    assert not list(settings.MEDIA_ROOT.rglob("*.*"))


def test_who_may_write_for_nobody_uploads_nothing(cast: Cast, upload) -> None:
    for member in (cast.cole, cast.ana, cast.vic):
        with pytest.raises(PermissionDenied):
            upload(member)
    with pytest.raises(Invalid, match="Choose a file"):
        upload_asset(cast.ed, None)


@pytest.mark.parametrize("text", ["x" * 1001, "a\0b", "\x07"])
def test_a_description_is_text_of_a_bearable_length(cast: Cast, upload, text: str) -> None:
    with pytest.raises(Invalid):
        upload(cast.ed, alt_text=text)
    asset = upload(cast.ed, alt_text=" A hut ")
    with pytest.raises(Invalid):
        describe_asset(cast.ed, asset, alt_text=text)
    assert Asset.objects.get().alt_text == "A hut"
