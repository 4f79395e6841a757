"""Name, clock, colour and logo of an organization."""

import struct

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from foundation.errors import Invalid
from organizations.actions.logo import MOST_LOGO_BYTES
from organizations.configuration import logo_pictures
from organizations.configuration.colours import READABLE_CONTRAST, contrast_with_white, readable_shade
from organizations.configuration.logo_pictures import LogoPicture, inspect_logo
from organizations.models import AuditEntry, Organization
from tests import media

SETTINGS = "/o/acme/settings/"
LOGO = "/o/acme/logo/"


PNG = media.picture("PNG", (64, 64))
JPEG = media.picture("JPEG", (48, 32))
WEBP = media.picture("WEBP", (32, 48))
HEADERS = {  # pictures that only begin
    "png": PNG[:33] + PNG[-12:],
    "jpeg": b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x20\x00\x30\x01\x01\x11\x00\xff\xd9",
    "webp": b"RIFF"
    + struct.pack("<I", 26)
    + b"WEBPVP8X"
    + struct.pack("<I", 10)
    + b"\0\0\0\0\x1f\0\0\x2f\0\0"
    + b"\0" * 4,
}
DAMAGED = {
    "png": PNG[:50] + b"??" + PNG[52:],
    "jpeg": JPEG[: len(JPEG) // 2] + b"\xff\xd9",
    "webp": WEBP[:4] + struct.pack("<I", len(WEBP) - 28) + WEBP[8:-20],
}
ARCHIVE = b"PK\x05\x06" + b"\0" * 18  # an empty one, which is read from behind


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def upload(cast, sign_in):
    def uploaded(content: bytes, name: str = "logo.png"):
        return sign_in(cast.olive).post(SETTINGS + "logo/", {"logo": SimpleUploadedFile(name, content)})

    return uploaded


def text_of(answer) -> str:
    return answer.content.decode()


def test_what_a_file_is_stands_in_its_bytes():
    assert inspect_logo(media.picture("PNG", (20, 30))) == LogoPicture("png", 20, 30)
    assert inspect_logo(JPEG) == LogoPicture("jpeg", 48, 32)
    assert inspect_logo(JPEG + b"\0\0") == LogoPicture("jpeg", 48, 32)
    assert inspect_logo(WEBP) == LogoPicture("webp", 32, 48)


def test_a_photo_and_what_moves_are_pictures_too():
    assert inspect_logo(media.photo()).kind == "jpeg"
    two = media.picture("MPO", save_all=True, append_images=[Image.new("RGB", (40, 30))])
    assert inspect_logo(two) == LogoPicture("jpeg", 40, 30)
    assert {inspect_logo(media.moving(form)).kind for form in ("PNG", "WEBP")} == {"png", "webp"}


def test_notes_of_any_length_change_nothing():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "x" * 3_000_000, zip=True)
    assert inspect_logo(media.picture("PNG", (20, 30), pnginfo=notes)) == LogoPicture("png", 20, 30)


@pytest.mark.parametrize(
    "content",
    [
        *[b"", b"GIF89a", media.moving("GIF"), b"<svg xmlns=''/>", b"\xff\xd8\xff\xff\xd9", b"\x89PNG"],
        *[whole[:-1] for whole in (PNG, JPEG, WEBP)],
        *[whole[: len(whole) // 2] for whole in (PNG, JPEG, WEBP)],
        *[whole + more for whole in (PNG, JPEG, WEBP) for more in (b"x", ARCHIVE)],
        PNG + ARCHIVE + PNG[-12:],
        *HEADERS.values(),
        *DAMAGED.values(),
    ],
)
def test_anything_else_is_refused(content):
    with pytest.raises(Invalid, match="Choose a PNG, JPEG or WebP picture"):
        inspect_logo(content)


@pytest.mark.parametrize("size", [(15, 64), (64, 15), (4097, 64), (64, 4097), (30_000, 30_000)])
def test_what_claims_another_size_is_refused_before_it_is_decoded(size, monkeypatch):
    monkeypatch.setattr(logo_pictures, "decode_whole_picture", lambda *_: pytest.fail("decoded"))
    with pytest.raises(Invalid, match="16 to 4,096 pixels"):
        inspect_logo(media.bomb(*size))


@pytest.mark.parametrize("size", [(16, 16), (4096, 16)])
def test_the_sizes_that_are_taken(size):
    assert inspect_logo(media.picture("PNG", size)) == LogoPicture("png", *size)


def test_a_logo_is_kept_shown_to_members_and_replaced(cast, sign_in, upload, settings, in_acme):
    assert upload(PNG).status_code == 302
    shown = sign_in(cast.vic).get(LOGO)
    assert b"".join(shown.streaming_content) == PNG
    assert shown["Content-Type"] == "image/png"
    assert "sandbox" in shown["Content-Security-Policy"]
    assert LOGO in text_of(sign_in(cast.vic).get(SETTINGS))
    upload(JPEG, "logo.png")
    assert sign_in(cast.vic).get(LOGO)["Content-Type"] == "image/jpeg"
    entries = AuditEntry.objects.filter(verb="organization.logo_changed").order_by("id")
    assert [entry.change["logo"] for entry in entries] == [["", "png, 64 × 64"], ["one", "jpeg, 48 × 32"]]


def test_the_file_before_goes_when_the_change_is_kept(upload, settings, django_capture_on_commit_callbacks):
    upload(PNG)
    with django_capture_on_commit_callbacks(execute=True):
        upload(JPEG)
    assert [path.suffix for path in (settings.MEDIA_ROOT / "logos").iterdir()] == [".jpg"]


@pytest.mark.parametrize(
    "content",
    [b"<script>alert(1)</script>", media.bomb(5000, 64), PNG + b"\0" * MOST_LOGO_BYTES, b""],
    ids=["script", "wide", "heavy", "empty"],
)
def test_what_is_no_small_picture_is_refused_beside_its_field(upload, content, settings):
    answer = upload(content)
    assert answer.status_code == 422
    assert "field__error" in text_of(answer)
    assert not list(settings.MEDIA_ROOT.rglob("*.*"))


def test_a_logo_can_be_removed(cast, sign_in, upload):
    upload(PNG)
    sign_in(cast.olive).post(SETTINGS + "logo/remove/")
    assert sign_in(cast.olive).get(LOGO).status_code == 404


def test_strangers_never_see_a_logo(cast, sign_in, upload, client):
    upload(PNG)
    assert sign_in(cast.mallory).get(LOGO).status_code == 404
    client.logout()
    assert client.get(LOGO).status_code == 302


@pytest.mark.parametrize("colour", ["#ffffff", "#ffd400", "#777777", "#00ff00", "#000000", "#767676"])
def test_a_shade_that_is_offered_is_readable(colour):
    assert contrast_with_white(readable_shade(colour)) >= READABLE_CONTRAST


def save(client, **given):
    return client.post(
        SETTINGS + "organization/", {"name": "Acme", "time_zone": "Europe/Madrid", "too_late_minutes": "360", **given}
    )


def test_a_brand_colour_must_carry_white_letters(cast, sign_in):
    client = sign_in(cast.olive)
    answer = save(client, brand_colour="#FFD400")
    assert answer.status_code == 422
    assert "wanted 4.5:1" in text_of(answer)
    assert save(client, brand_colour="#3F51D1").status_code == 302
    assert Organization.objects.get(slug="acme").brand_colour == "#3f51d1"
    assert 'fill="#3f51d1"' in text_of(client.get(SETTINGS))


@pytest.mark.parametrize("wrong", [{"brand_colour": 'red"/><script>'}, {"locale": "tlh"}, {"time_zone": "Mars/Base"}])
def test_hostile_values_are_refused_and_nothing_is_stored(cast, sign_in, wrong, in_acme):
    assert save(sign_in(cast.olive), name="Else", **wrong).status_code == 422
    assert Organization.objects.get(slug="acme").name == "Acme"
    assert not AuditEntry.objects.filter(verb="organization.changed").exists()


def test_the_locale_speaks_on_every_page_and_saving_twice_is_told_once(cast, sign_in, in_acme):
    for _ in range(2):
        save(sign_in(cast.olive), locale="en-gb")
    entry = AuditEntry.objects.get(verb="organization.changed")
    assert entry.change == {"locale": ["", "en-gb"]}
    assert entry.ip == "127.0.0.1"
    assert '<html lang="en-gb"' in text_of(sign_in(cast.olive).get(SETTINGS))
