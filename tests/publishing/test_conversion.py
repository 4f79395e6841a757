"""HEIC and AVIF, as phones take them, become what every network takes, and the person is told."""

import struct
from dataclasses import replace
from io import BytesIO

import pillow_heif
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from foundation.errors import Invalid
from networks.contract import MediaLimit
from publishing.media import file_inspection
from publishing.models import Asset
from tests import media
from tests.cast import Cast
from tests.publishing.test_positions import PROFILE, XMP, exif

pillow_heif.register_heif_opener()


def phone(form: str, mode: str = "RGB", size: tuple[int, int] = (64, 48), **more) -> bytes:
    image = Image.new(mode, size, (200, 30, 30) if mode == "RGB" else (200, 30, 30, 90))
    image.paste((20, 60, 220), (0, 0, 32, size[1]))
    out = BytesIO()
    image.save(out, form, icc_profile=PROFILE, quality=90, **more)
    return out.getvalue()


@pytest.mark.parametrize(("form", "brand"), [("HEIF", "HEIC"), ("AVIF", "AVIF")])
def test_a_phones_picture_is_converted_and_its_place_goes(cast: Cast, upload, form: str, brand: str) -> None:
    given = phone(form, exif=exif().tobytes(), xmp=XMP)
    asset = upload(cast.ed, given)
    kept = asset.file.open().read()
    shown, before = Image.open(BytesIO(kept)), Image.open(BytesIO(given))
    assert (asset.kind, asset.content_type, asset.attached("").converted_from) == ("image", "image/jpeg", brand)
    assert (asset.width, asset.height) == shown.size
    assert asset.original["content_type"] == f"image/{form.lower().replace('heif', 'heic')}"
    assert default_storage.open(asset.original["file"]).read() == given
    assert shown.size == (48, 64) if before.getexif().get(0x0112) == 6 else (64, 48)
    assert shown.info["icc_profile"] == PROFILE
    assert shown.getexif()[0x010F] == "Phone of a maker"
    assert not shown.getexif().get_ifd(0x8825)
    assert b"GPSLat" not in kept
    assert Asset.objects.get().bytes == len(kept)


def test_what_one_sees_through_stays_so(cast: Cast, upload) -> None:
    asset = upload(cast.ed, phone("AVIF", "RGBA"))
    assert asset.content_type == "image/png"
    assert Image.open(BytesIO(asset.file.open().read())).getchannel("A").getextrema()[0] < 255


TAKEN = MediaLimit(4, media.IMAGES, 4_000_000)


def made(content: bytes, most: int = TAKEN.most_bytes) -> BytesIO:
    (copy,) = file_inspection.convert_copies(BytesIO(content), [replace(TAKEN, most_bytes=most)]).copies
    return copy


def test_a_picture_that_calls_itself_any_of_them_is_known_by_its_brands() -> None:
    given = phone("HEIF")
    found = file_inspection.inspect_file(made(given))
    assert (found.content_type, found.width, found.height) == ("image/jpeg", 64, 48)


def claiming(width: int, height: int) -> bytes:
    """An AVIF that says that it is much larger than it is."""
    given = phone("AVIF")
    at = given.index(b"ispe") + 8
    return given[:at] + struct.pack(">II", width, height) + given[at + 8 :]


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
def test_what_is_no_whole_picture_says_so_in_its_name(cast: Cast, upload, form: str) -> None:
    given = phone(form)
    for broken in (given[: len(given) // 2], given[:40]):
        with pytest.raises(Invalid, match="damaged"):
            upload(cast.ed, broken)
    assert not Asset.objects.exists()


def test_too_many_pixels_are_named_before_any_is_decoded(monkeypatch) -> None:
    monkeypatch.setattr(file_inspection, "MOST_PIXELS", 2_000)
    with pytest.raises(Invalid, match="64 × 48 pixels"):
        made(phone("HEIF"))


def test_an_enormous_claim_costs_nothing() -> None:
    with pytest.raises(Invalid, match=r"damaged|pixels"):
        made(claiming(60_000, 60_000))


def test_what_takes_for_ever_is_given_up(monkeypatch, tmp_path) -> None:
    endless = tmp_path / "endless.py"
    endless.write_text("while True: pass")
    monkeypatch.setattr(file_inspection, "CONVERSION", str(endless))
    monkeypatch.setattr(file_inspection, "CONVERSION_SECONDS", 0.2)
    with pytest.raises(Invalid, match="HEIC picture is damaged, or cannot be converted"):
        made(phone("HEIF"))


def test_what_would_be_too_large_for_a_network_is_made_smaller() -> None:
    out = BytesIO()
    Image.effect_noise((400, 300), 90).convert("RGB").save(out, "AVIF", quality=90)
    kept = made(out.getvalue(), 6_000)
    found = file_inspection.inspect_file(kept)
    assert found.width / found.height == pytest.approx(4 / 3, rel=0.02)
    assert len(kept.read()) <= 6_000


def test_what_moves_is_not_made_to_stand_still() -> None:
    with pytest.raises(Invalid, match="moves stands still"):
        made(media.moving("AVIF"))


def test_the_page_says_what_became_of_it(cast: Cast, networks_take, sign_in) -> None:
    file = SimpleUploadedFile("IMG_1.HEIC", phone("HEIF"), "image/heic")
    answer = sign_in(cast.ed).post("/o/acme/media/", {"file": file, "part": "1"})
    assert (answer.status_code, "Converted from HEIC" in answer.content.decode()) == (201, True)
    plain = sign_in(cast.ed).post("/o/acme/media/", {"file": SimpleUploadedFile("a.png", media.picture())})
    assert "Converted" not in plain.content.decode()
